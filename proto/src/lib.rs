//! The contracts, compiled from the `.proto` files beside this crate.
//!
//! Messages, clients and servers are generated: read the `.proto` files, not this crate.
//! [`DESCRIPTORS`] is what reflection serves and what the gateway transcodes by; what every
//! message of a request is asked as it is decoded is in [`door`], and what is told of every reason
//! of a refusal in [`reason`].

pub mod door;
pub mod reason;
pub mod services;

mod contracts {
    #![allow(missing_docs, clippy::all, rustdoc::all)]
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
}

pub use contracts::congdoan::*;
pub use contracts::google;

/// The encoded `FileDescriptorSet` of every contract, with options and comments.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
