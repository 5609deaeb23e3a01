//! What happens to people besides their membership: what is told of it, how that is written and how
//! it is read.

mod facts;
pub(super) mod read;
mod written;

pub use facts::*;
