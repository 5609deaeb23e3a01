//! Cells: numbers that are held against each other, and what of them differs.

use time::Date;
use uuid::Uuid;

/// Cells that differ and are kept one by one, at most.
pub const KEPT_MAX: usize = 100;

/// What a cell is held against; `reporting.v1.AuditCheck`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A figure, of one of many organisations.
    Figure = 1,
    /// A figure by the children of one.
    Parts = 2,
    /// A book.
    Book = 3,
    /// The roll-up of facts by month.
    RollUp = 4,
    /// Facts, against what is recorded here.
    Recorded = 5,
}

/// A number, and what it is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Held against what.
    pub check: Check,
    /// The indicator, the book or the fact.
    pub code: String,
    /// The denominator of a share.
    pub denominator: bool,
    /// Whose.
    pub organisation_id: Uuid,
    /// The first day of the month.
    pub month: Date,
    /// On which tree.
    pub as_of: Option<Date>,
    /// What is answered, or kept.
    pub answered: i64,
    /// What is counted again.
    pub counted: i64,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Numbers that were held against each other.
    pub cells: i64,
    /// Those that differ.
    pub differing: i64,
    /// The first of these.
    pub first: Vec<Cell>,
}

impl Found {
    /// Holds one against the other.
    pub fn hold(&mut self, cell: Cell) {
        self.cells += 1;
        if cell.answered != cell.counted {
            self.differing += 1;
            self.differs(cell);
        }
    }

    /// Notes one that differs, which is counted already.
    pub fn differs(&mut self, cell: Cell) {
        if self.first.len() == KEPT_MAX {
            return;
        }
        // Ids, codes and numbers: nothing of anybody.
        tracing::error!(
            check = ?cell.check,
            code = %cell.code,
            denominator = cell.denominator,
            organisation_id = %cell.organisation_id,
            month = %cell.month,
            as_of = ?cell.as_of,
            answered = cell.answered,
            counted = cell.counted,
            "a figure is not what is counted again"
        );
        self.first.push(cell);
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn every_cell_is_counted_and_the_first_hundred_that_differ_are_kept() {
        let mut found = Found::default();
        for n in 0..300 {
            found.hold(Cell {
                check: Check::Figure,
                code: "MBR_STOCK".to_string(),
                denominator: false,
                organisation_id: Uuid::from_u128(1),
                month: date!(2020 - 01 - 01),
                as_of: None,
                answered: n,
                counted: n + n % 2,
            });
        }
        assert_eq!((found.cells, found.differing, found.first.len()), (300, 150, KEPT_MAX));
        assert_eq!((found.first[0].answered, found.first[0].counted), (1, 2));
    }
}
