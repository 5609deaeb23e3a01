//! What membership tells: who joins, moves and leaves, and what people do. Ids, sex and year
//! of birth; for Party and cadre matters a pseudonym in the person's place.

mod facts;
mod happening;
mod read;
mod written;

pub use facts::*;
pub use happening::*;
pub use read::read;
