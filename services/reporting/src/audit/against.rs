//! Holds what is answered against what is counted again, for some organisations and months on a tree.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::audit::answered::{self, Answering};
use crate::audit::cell::{Cell, Check, Found};
use crate::audit::counted::{Counted, Extent};
use crate::audit::heads::next_month;
use crate::ground::figure::Source;
use crate::ground::figure::of_heads::OfHead;
use crate::ground::period::Period;

/// Some organisations in some months, on the tree of what is answered.
pub struct Step<'a> {
    /// What is answered.
    pub of: Answering<'a>,
    /// What is counted again.
    pub counted: Counted,
}

impl<'a> Step<'a> {
    /// Counts again, for all of these organisations and months.
    pub async fn begin(
        db: &mut PgConnection,
        of: Answering<'a>,
        heads: &[Uuid],
        months: &[Date],
    ) -> Result<Self, Failure> {
        let from_on = months.first().copied().unwrap_or(Date::MIN);
        let until_on = months.last().copied().and_then(next_month).unwrap_or(Date::MAX);
        let extent = Extent { heads, as_of: of.as_of, from_on, until_on };
        Ok(Self { of, counted: Counted::read(db, of.reference, extent).await? })
    }

    /// Holds the figures of a month against it, of all of the organisations at once.
    pub async fn hold_many(
        &self,
        db: &mut PgConnection,
        heads: &[Uuid],
        month: Date,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let answered = answered::of_many(db, self.of, heads, period(month)).await?;
        for head in heads {
            let of_head = |of: &BTreeMap<Uuid, OfHead>| of.get(head).copied().unwrap_or_default();
            let answered: Vec<OfHead> = answered.iter().map(of_head).collect();
            self.hold_figures(Check::Figure, *head, month, &answered, found);
        }
        Ok(())
    }

    /// Holds the figures of a month against it, of one organisation, by its children; and its books.
    pub async fn hold_one(
        &self,
        db: &mut PgConnection,
        head: Uuid,
        month: Date,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let answered = answered::of_parts(db, self.of, head, period(month)).await?;
        self.hold_figures(Check::Parts, head, month, &answered, found);
        let (members, unions) = answered::of_books(db, self.of, head, period(month)).await?;
        for (code, answered, source) in
            [("MEMBERS", members, Source::MembersAt), ("UNIONS", unions, Source::UnionsAt)]
        {
            found.hold(Cell {
                check: Check::Book,
                code: code.to_string(),
                denominator: false,
                organisation_id: head,
                month,
                as_of: self.of.as_of,
                answered,
                counted: self.counted.source(&source, head, month),
            });
        }
        Ok(())
    }

    fn hold_figures(
        &self,
        check: Check,
        head: Uuid,
        month: Date,
        answered: &[OfHead],
        found: &mut Found,
    ) {
        for (indicator, answered) in self.of.reference.indicators().iter().zip(answered) {
            let parts = [
                (false, Some(&indicator.numerator), answered.value),
                (true, indicator.denominator.as_ref(), answered.denominator),
            ];
            for (denominator, formula, answered) in parts {
                let Some(formula) = formula else { continue };
                found.hold(Cell {
                    check,
                    code: indicator.code.clone(),
                    denominator,
                    organisation_id: head,
                    month,
                    as_of: self.of.as_of,
                    answered,
                    counted: self.counted.formula(formula, head, month),
                });
            }
        }
    }
}

/// A whole month.
fn period(month: Date) -> Period {
    let through = next_month(month).and_then(Date::previous_day).unwrap_or(Date::MAX);
    Period { from: month, through }
}
