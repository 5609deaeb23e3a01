//! `EmulationService`: emulation movements and who takes part in them.

pub(crate) mod api;
pub mod emulations;
pub mod join_emulation;
pub mod launch_emulation;
pub mod participants;
pub(crate) mod wire;
