//! The command line: commands that run the whole system on one machine, and commands that are
//! a client of this one or of any other.
//!
//! The system and the client are [`system`]'s, what `congdoan demo` replays is [`scenarios`]'s:
//! here it is put into words. [`cli`] is what can be asked for, [`language`], [`told`], [`output`]
//! and [`sheet`] are how it speaks and what it reads, [`reach`] and [`running`] how a command finds
//! the system, [`decided`] what it names as its decision. The other modules are one command each.

pub mod activities;
pub mod audit;
pub mod bootstrap;
pub mod cli;
pub mod closing;
pub mod completion;
pub mod decided;
pub mod explain;
pub mod fault;
pub mod feed;
pub mod figures;
pub mod indicators;
pub mod kept;
pub mod keys;
pub mod language;
pub mod list;
pub mod load;
pub mod member;
pub mod members;
pub mod migrate;
pub mod organisation;
pub mod output;
pub mod owner;
pub mod periodic_reports;
pub mod plan;
pub mod ratings;
pub mod reach;
pub mod rebuild;
pub mod reference;
pub mod report;
pub mod running;
pub mod search;
pub mod sheet;
pub mod targets;
pub mod templates;
pub mod token;
pub mod told;
pub mod up;
pub mod with_postgres;
