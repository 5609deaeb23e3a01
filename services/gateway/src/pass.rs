//! What is passed on to a service, and how: connections, retries, deadlines, streams.

pub mod backend;
pub mod forward;
pub mod newest;
