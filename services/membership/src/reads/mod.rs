//! What membership answers without changing anything. Each read says its scope itself.

pub mod applications;
pub mod consequences;
pub mod courses;
pub mod delegations;
pub mod later_movements;
pub mod members;
pub mod party_referrals;
pub mod passed_over;
pub mod recommendations;
