//! `ProtectionService`: all that is held on a person is told, and erased; what has been kept for long
//! enough is erased by itself, and what is sealed is sealed anew when a data key is replaced.

pub(crate) mod api;
pub mod erase_person;
pub mod export_person;
pub mod records;
pub mod retention;
pub mod rotation;
mod walk;
pub(crate) mod wire;
