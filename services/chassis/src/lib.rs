//! What every service stands on.
//!
//! A call comes in through [`serve`], which knows from the contract which permission it
//! needs ([`access`]); its message is looked at as it is decoded ([`door`]); the handler reads
//! the caller off it ([`call`]), parses it once ([`parse`]), and acts or reads through
//! [`database`], whose transactions carry the end user's scope into every statement. What an
//! act did is published in the [`feed`]; a [`seen`] token lets a later read, in any service,
//! wait for it. What is refused is a [`refusal`], with a reason that the contract documents.

pub mod access;
pub mod call;
pub mod cluster;
pub mod config;
pub mod database;
pub mod door;
pub mod feed;
pub mod page;
pub mod parse;
pub mod refusal;
pub mod seen;
pub mod serve;
pub mod signing;
pub mod telemetry;
