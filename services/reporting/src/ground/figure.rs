//! Figures, counted.
//!
//! An indicator is a formula over *sources* (`MBR_EXITED + TRANSFERRED_OUT`). A [`Counting`]
//! asks the database for each source at most once, in one snapshot, on one [`Scope`]: which
//! organisation, which tree, which lines. All sources are joins with `piece` of the schema,
//! which knows where a unit's doings count; there is no other idea of a subtree here.

pub mod book;
pub mod completeness;
mod count;
mod counted;
mod counting;
mod heads;
pub(crate) mod scope;
pub mod source;

pub use self::completeness::{Completeness, Completing};
pub use self::count::Count;
pub use self::counted::{Figure, Known};
pub use self::counting::Counting;
pub use self::heads::{heads, heads_of};
pub use self::scope::{By, Pieces, Scope};
pub use self::source::{Formula, Source, Term};
