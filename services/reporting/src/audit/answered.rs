//! What is answered: figures as they are asked for by those who plan, who query and who print.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::book::Books;
use crate::ground::figure::of_heads::{OfHead, OfHeads};
use crate::ground::figure::{By, Counting, Formula, Scope};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};

/// Of which snapshot, on which tree.
#[derive(Clone, Copy)]
pub struct Answering<'a> {
    /// The columns.
    pub snapshot: &'a Snapshot,
    /// What there is to count.
    pub reference: &'static Reference,
    /// As then, where there is none.
    pub as_of: Option<Date>,
}

/// Of each of many organisations at once, by indicator in the order of the file.
pub async fn of_many(
    connection: &mut PgConnection,
    of: Answering<'_>,
    heads: &[Uuid],
    month: Period,
) -> Result<Vec<BTreeMap<Uuid, OfHead>>, Failure> {
    // The scope's head is nobody: those that are asked for are told beside it.
    let scope = Scope::of(Uuid::nil(), of.as_of);
    let mut counting = OfHeads::new(connection, of.snapshot, of.reference, heads, scope).await?;
    let mut answered = Vec::with_capacity(of.reference.indicators().len());
    for indicator in of.reference.indicators() {
        answered.push(counting.figures(indicator, month).await?);
    }
    Ok(answered)
}

/// Of one organisation by its children, by indicator in the order of the file: what its parts come to
/// together, and, where one may be counted in several of them, the whole.
pub async fn of_parts(
    connection: &mut PgConnection,
    of: Answering<'_>,
    head: Uuid,
    month: Period,
) -> Result<Vec<OfHead>, Failure> {
    let scope = Scope { by: By::Child, ..Scope::of(head, of.as_of) };
    let mut counting = Counting::new(connection, of.snapshot, of.reference, scope, month);
    let mut answered = Vec::with_capacity(of.reference.indicators().len());
    for Indicator { numerator, denominator, .. } in of.reference.indicators() {
        let value = together(&mut counting, numerator).await?;
        let denominator = match denominator {
            Some(formula) => together(&mut counting, formula).await?,
            None => 0,
        };
        answered.push(OfHead { value, denominator });
    }
    Ok(answered)
}

async fn together(counting: &mut Counting<'_>, formula: &Formula) -> Result<i64, Failure> {
    let count = counting.formula(formula).await?;
    let distinct = formula.terms().any(|term| term.source.is_distinct());
    Ok(if distinct { count.total } else { count.lines.values().sum() })
}

/// What the books of members and of unions come to at the end of a month.
pub async fn of_books(
    connection: &mut PgConnection,
    of: Answering<'_>,
    head: Uuid,
    month: Period,
) -> Result<(i64, i64), Failure> {
    let Answering { snapshot, reference, as_of } = of;
    let books = Books::read(connection, snapshot, reference, head, as_of, month).await?;
    let [members, unions] =
        [books.members, books.unions].map(|book| book.opening + book.total_in() - book.total_out());
    Ok((members, unions))
}
