//! The gateway between real clients and real servers, on real sockets.
#![allow(clippy::unwrap_used, missing_docs)]

mod behind;
mod callers;
mod composites;
mod contract;
mod crowd;
mod files;
mod framing;
mod json;
mod limits;
mod lines;
mod outline;
mod passed_through;
mod rights;
mod slow;
mod world;
