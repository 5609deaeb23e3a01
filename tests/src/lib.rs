//! The whole system on the stage.
//!
//! [`world::World`] is the real system in this process: the gateway and the three services on
//! free ports, each with a fresh database of a real PostgreSQL. It comes with a small tree of
//! unions, and with actors: an administrator, and officers of districts. What tests of one
//! service stand on as well is [`stage`].
//!
//! The tests themselves are under `tests/`.

pub mod activities;
pub mod child;
pub mod feeds;
pub mod filtered;
pub mod posted;
pub mod release;
pub mod rows;
pub mod world;
