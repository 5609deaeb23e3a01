//! What registry tells: organisations and their lives, their bodies, documents, employers and
//! grants.

mod bodies;
mod facts;
mod read;
mod values;
mod written;

pub use bodies::*;
pub use facts::*;
pub use read::{read, read_kept};
pub use values::*;
pub use written::loaded;
