//! The same contracts as JSON over HTTP, and their description.

pub mod openapi;
pub mod route;
pub mod transcode;
