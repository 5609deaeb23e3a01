//! What is known to be missing from a figure.

use chassis::refusal::Failure;
use time::Date;

use crate::ground::figure::{Counting, year};
use crate::ground::reference::Indicator;

/// Of what a figure may be known to lack a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completing {
    /// Of nothing: whatever it counts is there as soon as it is known.
    Nothing,
    /// Of members, as long as membership has not carried out what registry decided.
    Members,
    /// Of ratings: of eligible unions, those that are rated.
    Ratings,
}

/// How complete a figure is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completeness {
    /// Of what.
    pub of: Completing,
    /// What is there.
    pub covered: i64,
    /// What should be.
    pub expected: i64,
    /// How many of those that are missing come of themselves, in moments.
    pub under_way: i64,
}

impl Completeness {
    /// Of a figure that nothing is missing from.
    pub const WHOLE: Self = Self { of: Completing::Nothing, covered: 0, expected: 0, under_way: 0 };

    /// Nothing is known to be missing.
    pub fn complete(self) -> bool {
        self.covered >= self.expected
    }
}

impl Counting<'_> {
    /// Of the unions that are eligible in the years that end within the period and that the
    /// indicator's grades are of, those that were rated.
    pub(super) async fn rated(&mut self, indicator: &Indicator) -> Result<Completeness, Failure> {
        let grades = indicator.grades();
        let year_ends: Vec<Date> = (self.period.from.year()..=self.period.through.year())
            .filter(|year| self.reference.rates_in(*year, grades))
            .filter_map(|number| Some(year(number)?.through))
            .filter(|last| (self.period.from..=self.period.through).contains(last))
            .collect();
        let row = sqlx::query_file!(
            "src/ground/figure/eligible.sql",
            self.scope.head,
            self.scope.as_of,
            self.scope.by.code(),
            &self.sectors,
            &self.groups,
            self.scope.group,
            self.scope.direct_only,
            &year_ends,
            grades,
        )
        .fetch_one(&mut *self.connection)
        .await?;
        Ok(Completeness {
            of: Completing::Ratings,
            covered: row.rated,
            expected: row.eligible,
            under_way: 0,
        })
    }

    /// Of the units whose members membership has to place, those where it has.
    pub(super) async fn settled(&mut self) -> Result<Completeness, Failure> {
        if let Some(settled) = self.settled {
            return Ok(settled);
        }
        let row = sqlx::query_file!(
            "src/ground/figure/settled.sql",
            self.scope.head,
            self.scope.as_of,
            self.scope.by.code(),
            &self.sectors,
            &self.groups,
            self.scope.group,
            self.scope.direct_only,
            self.period.through,
        )
        .fetch_one(&mut *self.connection)
        .await?;
        let settled = Completeness {
            of: Completing::Members,
            covered: row.expected - row.missing,
            expected: row.expected,
            under_way: row.under_way,
        };
        self.settled = Some(settled);
        Ok(settled)
    }
}
