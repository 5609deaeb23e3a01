//! Figures, counted.
//!
//! An indicator is a formula over *sources* (`MBR_EXITED + TRANSFERRED_OUT`). A [`Counting`]
//! counts each source at most once, in one snapshot, on one [`Scope`]: which organisation, which
//! tree, which lines; [`OfHeads`](of_heads::OfHeads) does it for many organisations at once. Where a unit's
//! doings count, the [columns](crate::ground::columns) know; `piece` of the schema says it for what
//! explains a figure, and a test holds the two against each other.

mod apart;
pub mod book;
pub(crate) mod breakdown;
pub mod completeness;
pub mod count;
mod counted;
mod counting;
mod named;
pub mod of_heads;
mod of_period;
pub(crate) mod scope;
mod settled;
pub mod source;

pub use self::breakdown::{By, CROSSED};
pub use self::completeness::{Completeness, Completing};
pub use self::count::{Count, Counts};
pub use self::counted::{Figure, Known};
pub use self::counting::Counting;
pub use self::named::{heads, heads_of};
pub use self::scope::{Pieces, Scope};
pub use self::source::{Formula, Source, Term};
