//! An indicator of many organisations at once, which may lie below each other: what each of them has,
//! by as many scans as it has sources, and not by as many as there are organisations.

use std::collections::BTreeMap;
use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::columns::{Cut, Snapshot};
use crate::ground::fact::Code;
use crate::ground::figure::counting::Counting;
use crate::ground::figure::scope::{Pieces, Scope};
use crate::ground::figure::source::{Formula, Source};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};

/// Value and denominator of one organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfHead {
    /// The value, or the numerator.
    pub value: i64,
    /// Of a share; else 0.
    pub denominator: i64,
}

/// What is counted of each; nothing is 0.
type Amounts = BTreeMap<Uuid, i64>;

/// Counts for many organisations.
pub struct OfHeads<'a> {
    connection: &'a mut PgConnection,
    snapshot: &'a Snapshot,
    reference: &'static Reference,
    /// Those in the caller's scope.
    heads: Vec<Uuid>,
    /// Tree and group; its head is nobody.
    scope: Scope,
    cut: Option<Arc<Cut>>,
}

/// A statement of a file over the pieces of many organisations, which are its values $1 to $5; what
/// follows is bound from $6 on.
macro_rules! over_heads {
    ($file:literal, $of:expr $(, $($bound:tt)*)?) => {{
        let pieces = Pieces::of(&$of.scope, $of.reference);
        sqlx::query_file!(
            $file,
            &$of.heads,
            pieces.as_of,
            &pieces.sectors,
            &pieces.groups,
            pieces.group,
            $($($bound)*)?
        )
    }};
}

impl<'a> OfHeads<'a> {
    /// Begins, on the tree and of the group of a scope; those that the caller may not see are left
    /// out.
    pub async fn new(
        connection: &'a mut PgConnection,
        snapshot: &'a Snapshot,
        reference: &'static Reference,
        heads: &[Uuid],
        scope: Scope,
    ) -> Result<Self, Failure> {
        let heads = sqlx::query_scalar!(
            r#"select distinct head.unit_id as "head!" from unnest($1::uuid[]) as head (unit_id)
               where access.covers(head.unit_id)
               order by 1"#,
            heads,
        )
        .fetch_all(&mut *connection)
        .await?;
        Ok(Self { connection, snapshot, reference, heads, scope, cut: None })
    }

    /// An indicator of each of them.
    pub async fn figures(
        &mut self,
        indicator: &Indicator,
        period: Period,
    ) -> Result<BTreeMap<Uuid, OfHead>, Failure> {
        let values = self.formula(&indicator.numerator, period).await?;
        let denominators = match &indicator.denominator {
            Some(formula) => self.formula(formula, period).await?,
            None => Amounts::new(),
        };
        let of = |amounts: &Amounts, head: &Uuid| amounts.get(head).copied().unwrap_or_default();
        Ok(self
            .heads
            .iter()
            .map(|head| {
                let (value, denominator) = (of(&values, head), of(&denominators, head));
                (*head, OfHead { value, denominator })
            })
            .collect())
    }

    /// The unions of each of them on a day.
    pub async fn unions_at(&mut self, period: Period) -> Result<BTreeMap<Uuid, i64>, Failure> {
        self.source(&Source::UnionsAt, period).await
    }

    async fn formula(&mut self, formula: &Formula, period: Period) -> Result<Amounts, Failure> {
        let mut sums = Amounts::new();
        for term in formula.terms() {
            for (head, amount) in self.source(&term.source, period).await? {
                *sums.entry(head).or_default() += term.sign * amount;
            }
        }
        Ok(sums)
    }

    async fn source(&mut self, source: &Source, period: Period) -> Result<Amounts, Failure> {
        match source {
            Source::Flow(..)
            | Source::TransferredIn
            | Source::TransferredOut
            | Source::UnionsIn
            | Source::UnionsOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit
            | Source::UnionsAt
            | Source::MembersAt
            | Source::StandingAt(_) => self.summed(source, period).await,
            Source::Ratings(grades) => self.ratings(grades, period).await,
            Source::Subjects(code, reasons) => self.subjects(*code, reasons, period).await,
            Source::OfficersAt => {
                let day = Period { from: period.through, ..period };
                Ok(self.officers(day).await?.0)
            }
            Source::OfficersDuring => Ok(self.officers(period).await?.0),
            Source::OfficersTrained => Ok(self.officers(period).await?.1),
            Source::EmployersWithoutUnion(workforce) => self.employers(*workforce, period).await,
            Source::UnionsReached | Source::PeopleReached | Source::PeopleAtWork => {
                self.reach(source, period).await
            }
        }
    }

    /// One scan of the columns, into a line for each.
    async fn summed(&mut self, source: &Source, period: Period) -> Result<Amounts, Failure> {
        let cut = match &self.cut {
            Some(cut) => cut.clone(),
            None => {
                let (heads, scope) = (&self.heads, &self.scope);
                let cut = self.snapshot.cut_of_heads(self.reference, heads, scope).await?;
                self.cut.insert(cut).clone()
            }
        };
        let (snapshot, reference) = (self.snapshot, self.reference);
        let scope = self.scope.clone();
        let mut counting =
            Counting::new(&mut *self.connection, snapshot, reference, scope, period).over(cut);
        let count = counting.source(source).await?;
        let of = |(line, amount): (String, i64)| Some((Uuid::parse_str(&line).ok()?, amount));
        Ok(count.lines.into_iter().filter_map(of).collect())
    }

    async fn ratings(&mut self, grades: &[String], period: Period) -> Result<Amounts, Failure> {
        let rows = over_heads!(
            "src/ground/figure/of_heads/ratings.sql",
            self,
            period.from,
            period.until(),
            grades,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(rows.into_iter().map(|row| (row.head, row.amount)).collect())
    }

    async fn subjects(
        &mut self,
        code: Code,
        reasons: &[String],
        period: Period,
    ) -> Result<Amounts, Failure> {
        let rows = over_heads!(
            "src/ground/figure/of_heads/subjects.sql",
            self,
            period.from,
            period.until(),
            code.as_str(),
            reasons,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(rows.into_iter().map(|row| (row.head, row.amount)).collect())
    }

    /// People in office in the period, and those of them who were trained.
    async fn officers(&mut self, period: Period) -> Result<(Amounts, Amounts), Failure> {
        let rows = over_heads!(
            "src/ground/figure/of_heads/officers.sql",
            self,
            period.from,
            period.until(),
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let in_post = rows.iter().map(|row| (row.head, row.in_post)).collect();
        Ok((in_post, rows.into_iter().map(|row| (row.head, row.trained)).collect()))
    }

    async fn employers(&mut self, workforce: i32, period: Period) -> Result<Amounts, Failure> {
        let rows = over_heads!(
            "src/ground/figure/of_heads/employers.sql",
            self,
            period.through,
            workforce,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(rows.into_iter().map(|row| (row.head, row.amount)).collect())
    }

    async fn reach(&mut self, source: &Source, period: Period) -> Result<Amounts, Failure> {
        let rows = over_heads!(
            "src/ground/figure/of_heads/reach.sql",
            self,
            period.from,
            period.until(),
            period.through,
            self.scope.without_suspended,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let amount = match source {
                    Source::UnionsReached => row.unions_reached,
                    Source::PeopleReached => row.people_reached,
                    _ => row.people_at_work,
                };
                (row.head, amount)
            })
            .collect())
    }
}
