//! The whole system on one machine: what it starts, its keys, and a client of it.
//!
//! [`System`] puts the four services together in one process, over a private PostgreSQL and a
//! development issuer; it and the tests are the only ones that know more than one service.
//! [`Client`] is a line of calls to a gateway, this machine's or any other, and [`token`] asks
//! a development issuer whom the calls are from. Nothing here speaks to a person: what cannot
//! be done is an error of a type, which the command line puts into words.

pub mod client;
pub mod keys;
pub mod machine;
pub mod token;

pub use client::Client;
pub use machine::{Data, OWNERS, Options, System, schema};
