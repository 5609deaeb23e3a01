//! Who comes in, with which token, and how many at a time.

pub mod authenticate;
pub mod development_issuer;
pub mod standing;
