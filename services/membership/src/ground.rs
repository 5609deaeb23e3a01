//! What every room stands on: who a person is, her memberships and movements, the unions, and why membership refuses.

pub mod api;
pub mod beginning;
pub mod cadre;
pub mod change;
pub mod consequence;
pub mod day;
pub mod decision;
pub mod discipline;
pub mod dispute;
pub mod dormancy;
pub mod exit;
pub mod honour;
pub mod joining;
pub mod keys;
pub mod leaving;
pub mod movement;
pub mod organisation;
pub mod person;
pub mod quota;
pub mod reference;
pub mod refused;
pub mod roll;
pub mod standing;
pub mod transfer;
pub mod welfare;
pub mod wire;
