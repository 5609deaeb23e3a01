//! From one release to the next: what the last one left behind goes on, in whatever order
//! programs and databases are replaced.
//!
//! * [`upgrade`]: its databases, with today's schema and today's programs;
//! * [`rolling`]: its statements, on today's schema;
//! * [`wire`]: its clients, to whom no contract may be broken;
//! * [`standard`]: how contracts are written.

mod rolling;
mod standard;
mod stored;
mod upgrade;
mod wire;
