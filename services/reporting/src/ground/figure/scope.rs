//! What a figure is asked of: whose it is, on which tree, of which units, in which lines.

use time::Date;
use uuid::Uuid;

use crate::ground::figure::breakdown::By;
use crate::ground::reference::Reference;

/// Whose figure, on which tree, of which units, in which lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The organisation, counted with all below it.
    pub head: Uuid,
    /// As of this day; as then where there is none.
    pub as_of: Option<Date>,
    /// The lines.
    pub by: By,
    /// A grouping of sectors or industries; empty where none is needed.
    pub grouping: String,
    /// Units of this group only; empty for all.
    pub group: String,
    /// The head itself and what lies directly below it, and no deeper.
    pub direct_only: bool,
    /// Suspended unions are left out of stocks of unions.
    pub without_suspended: bool,
}

impl Scope {
    /// All of an organisation, without lines.
    pub fn of(head: Uuid, as_of: Option<Date>) -> Self {
        Self {
            head,
            as_of,
            by: By::Nothing,
            grouping: String::new(),
            group: String::new(),
            direct_only: false,
            without_suspended: false,
        }
    }
}

/// A scope spelt out for SQL: what `piece` of the schema takes, which gives the units of the scope,
/// each in its line and with its days. Every statement that explains a figure is a join with it, asked
/// by [`over_pieces!`].
pub struct Pieces {
    pub(crate) head: Uuid,
    pub(crate) as_of: Option<Date>,
    pub(crate) by: &'static str,
    /// The sectors or industries of the grouping, and beside each its group.
    pub(crate) sectors: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) group: String,
    pub(crate) direct_only: bool,
}

impl Pieces {
    /// Of this scope.
    pub fn of(scope: &Scope, reference: &Reference) -> Self {
        let (sectors, groups) = reference.spelt_groups(&scope.grouping);
        Self {
            head: scope.head,
            as_of: scope.as_of,
            by: scope.by.code(),
            sectors,
            groups,
            group: scope.group.clone(),
            direct_only: scope.direct_only,
        }
    }
}

/// A statement of a file over the pieces of a scope, which are its values $1 to $7; what follows
/// is bound from $8 on.
macro_rules! over_pieces {
    ($file:literal, $pieces:expr $(, $($bound:tt)*)?) => {
        sqlx::query_file!(
            $file,
            $pieces.head,
            $pieces.as_of,
            $pieces.by,
            &$pieces.sectors,
            &$pieces.groups,
            $pieces.group,
            $pieces.direct_only,
            $($($bound)*)?
        )
    };
}
pub(crate) use over_pieces;
