//! The command line: the whole system on one machine, the demo, and a client.
//!
//! [`system`] puts the four services together in one process, over a private PostgreSQL and
//! a development issuer; this crate and the tests are the only ones that know more than one
//! service. [`client`] talks to a gateway, this machine's or any other. [`demo`] replays five
//! federations' years through it. [`language`], [`told`], [`output`] and [`sheet`] are how it speaks
//! and what it reads. The other modules are one command each.

pub mod bootstrap;
pub mod cli;
pub mod client;
pub mod completion;
pub mod demo;
pub mod explain;
pub mod fault;
pub mod feed;
pub mod kept;
pub mod keys;
pub mod language;
pub mod list;
pub mod load;
pub mod member;
pub mod migrate;
pub mod organisation;
pub mod output;
pub mod owner;
pub mod plan;
pub mod report;
pub mod running;
pub mod search;
pub mod sheet;
pub mod system;
pub mod token;
pub mod told;
pub mod up;
pub mod with_postgres;
