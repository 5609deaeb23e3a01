//! The world that tests of the whole system act in.
//!
//! [`world::World`] is the real system in this process: the gateway and the three services on
//! free ports, each with a fresh database of a real PostgreSQL. It comes with a small tree of
//! unions, and with actors: an administrator, and officers of districts. [`line::Line`] calls
//! any method by its name, also wrongly; [`json`] calls it as a browser would.
//!
//! The tests themselves are under `tests/`.

pub mod child;
pub mod feeds;
pub mod json;
pub mod line;
pub mod made_up;
pub mod refused;
pub mod release;
pub mod rows;
pub mod world;
