//! Who comes in, by which door, and how many at a time.

pub mod authenticate;
pub mod development_issuer;
pub mod door;
pub mod standing;
