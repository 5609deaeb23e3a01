//! Counts: what a figure is computed of, each once for all that need it.
//!
//! What is summed is counted from the [columns](crate::ground::columns) as the reading's snapshot has
//! them; what is counted distinct, and what is rated, reached or surveyed, by statements.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::{Cut, Members, Snapshot};
use crate::ground::fact::Code;
use crate::ground::figure::completeness::{Completeness, Completing};
use crate::ground::figure::count::Count;
use crate::ground::figure::counted::{Figure, Known};
use crate::ground::figure::scope::{Pieces, Scope, over_pieces};
use crate::ground::figure::source::{Formula, Source};
use crate::ground::period::{Period, year};
use crate::ground::reference::{Indicator, Reference};

/// Counts the sources of one scope and period, each once.
pub struct Counting<'a> {
    connection: &'a mut PgConnection,
    reference: &'static Reference,
    scope: Scope,
    period: Period,
    pieces: Pieces,
    snapshot: &'a Snapshot,
    /// The units of the scope in their lines, once they were asked for.
    cut: Option<Arc<Cut>>,
    /// Of every unit at the end of the period.
    members: Option<Members>,
    counted: BTreeMap<Source, Count>,
    /// By line: amounts and grades.
    ratings: Option<Vec<(String, String, i64)>>,
    settled: Option<Completeness>,
    known: Option<Known>,
}

/// A scope of no more units than this tells the database which they are.
const FEW: usize = 1_000;

impl<'a> Counting<'a> {
    /// Begins; nothing is asked yet.
    pub fn new(
        connection: &'a mut PgConnection,
        snapshot: &'a Snapshot,
        reference: &'static Reference,
        scope: Scope,
        period: Period,
    ) -> Self {
        let pieces = Pieces::of(&scope, reference);
        Self {
            connection,
            reference,
            scope,
            period,
            pieces,
            snapshot,
            cut: None,
            members: None,
            counted: BTreeMap::new(),
            ratings: None,
            settled: None,
            known: None,
        }
    }

    /// Over units that are cut already, in the caller's scope; for what is summed only.
    pub(super) fn over(mut self, cut: Arc<Cut>) -> Self {
        self.cut = Some(cut);
        self
    }

    /// Counts an indicator.
    pub async fn figure(&mut self, indicator: &Indicator) -> Result<Figure, Failure> {
        let value = self.formula(&indicator.numerator).await?;
        let denominator = match &indicator.denominator {
            Some(formula) => Some(self.formula(formula).await?),
            None => None,
        };
        let completeness = match indicator.completing() {
            Completing::Nothing => Completeness::WHOLE,
            Completing::Members => self.settled().await?,
            Completing::Ratings => self.rated(indicator).await?,
        };
        Ok(Figure {
            indicator: indicator.code.clone(),
            formula: indicator.formula(),
            scope: self.scope.clone(),
            period: self.period,
            value,
            denominator,
            completeness,
            known: self.known().await?,
        })
    }

    /// Counts a formula.
    pub async fn formula(&mut self, formula: &Formula) -> Result<Count, Failure> {
        let mut count = Count::default();
        for term in formula.terms() {
            let part = self.source(&term.source).await?;
            count.plus(term.sign, &part);
        }
        count.lines.retain(|_, amount| *amount != 0);
        Ok(count)
    }

    /// Counts a source.
    pub async fn source(&mut self, source: &Source) -> Result<Count, Failure> {
        if let Some(count) = self.counted.get(source) {
            return Ok(count.clone());
        }
        match source {
            Source::Flow(code, reasons) => {
                let count = self.flow(*code, reasons).await?;
                self.counted.insert(source.clone(), count);
            }
            Source::Ratings(grades) => {
                let count = self.ratings(grades).await?;
                self.counted.insert(source.clone(), count);
            }
            Source::TransferredIn | Source::TransferredOut => self.transfers().await?,
            Source::UnionsIn
            | Source::UnionsOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit => self.moves().await?,
            Source::UnionsAt => {
                let count = self.unions_at(self.period.through).await?;
                self.counted.insert(source.clone(), count);
            }
            Source::MembersAt => {
                let count = self.members_at(self.period.through).await?;
                self.counted.insert(source.clone(), count);
            }
            Source::StandingAt(kinds) => {
                let count = self.standing_at(kinds).await?;
                self.counted.insert(source.clone(), count);
            }
            Source::Subjects(code, reasons) => {
                let count = self.subjects(*code, reasons).await?;
                self.counted.insert(source.clone(), count);
            }
            Source::OfficersAt => {
                let (in_post, _) = self.officers(self.period.through).await?;
                self.counted.insert(Source::OfficersAt, in_post);
            }
            Source::OfficersDuring | Source::OfficersTrained => {
                let (in_post, trained) = self.officers(self.period.from).await?;
                self.counted.insert(Source::OfficersDuring, in_post);
                self.counted.insert(Source::OfficersTrained, trained);
            }
            Source::EmployersWithoutUnion(workforce) => {
                let count = self.employers(*workforce).await?;
                self.counted.insert(source.clone(), count);
            }
            Source::UnionsReached | Source::PeopleReached | Source::PeopleAtWork => {
                self.reach().await?;
            }
        }
        Ok(self.counted.get(source).cloned().unwrap_or_default())
    }

    /// The units of the scope, each in its lines; of an organisation in the caller's scope, which
    /// the database decides.
    async fn cut(&mut self) -> Result<Arc<Cut>, Failure> {
        if let Some(cut) = &self.cut {
            return Ok(cut.clone());
        }
        let covered =
            sqlx::query_scalar!(r#"select access.covers($1) as "covered!""#, self.scope.head)
                .fetch_one(&mut *self.connection)
                .await?;
        let cut = match covered {
            true => self.snapshot.cut(self.reference, &self.scope).await?,
            false => Arc::new(Cut::nothing()),
        };
        Ok(self.cut.insert(cut).clone())
    }

    async fn flow(&mut self, code: Code, reasons: &[String]) -> Result<Count, Failure> {
        let cut = self.cut().await?;
        self.snapshot.flow(&cut, code, self.period, reasons).await
    }

    /// A code's amounts by reason.
    pub async fn by_reason(&mut self, code: Code) -> Result<BTreeMap<String, i64>, Failure> {
        let cut = self.cut().await?;
        self.snapshot.by_reason(&cut, code, self.period).await
    }

    /// All transfers, less those that stay under the head.
    async fn transfers(&mut self) -> Result<(), Failure> {
        let cut = self.cut().await?;
        let (left, entered) = self.snapshot.transfers_inside(&cut, self.period).await?;
        let mut entering = self.flow(Code::TransferIn, &[]).await?;
        let mut leaving = self.flow(Code::TransferOut, &[]).await?;
        leaving.plus(-1, &left);
        entering.plus(-1, &entered);
        self.counted.insert(Source::TransferredIn, entering);
        self.counted.insert(Source::TransferredOut, leaving);
        Ok(())
    }

    async fn moves(&mut self) -> Result<(), Failure> {
        let cut = self.cut().await?;
        let moved = self.snapshot.moves(&cut, self.period).await?;
        let counts = [
            (Source::UnionsIn, moved.unions_in),
            (Source::UnionsOut, moved.unions_out),
            (Source::MembersInWithUnit, moved.members_in),
            (Source::MembersOutWithUnit, moved.members_out),
        ];
        self.counted.extend(counts);
        Ok(())
    }

    /// Unions at the end of a day.
    pub async fn unions_at(&mut self, on: Date) -> Result<Count, Failure> {
        let cut = self.cut().await?;
        self.snapshot.unions_at(&cut, on, self.scope.without_suspended).await
    }

    /// Members at the end of a day.
    pub async fn members_at(&mut self, on: Date) -> Result<Count, Failure> {
        let cut = self.cut().await?;
        let members = self.members(on).await?;
        self.snapshot.members_at(&cut, on, &members).await
    }

    /// The members of every unit at the end of a day; those at the end of the period once.
    async fn members(&mut self, on: Date) -> Result<Members, Failure> {
        if on != self.period.through {
            return self.snapshot.members(on).await;
        }
        if let Some(members) = &self.members {
            return Ok(members.clone());
        }
        let members = self.snapshot.members(on).await?;
        Ok(self.members.insert(members).clone())
    }

    /// People who stand so at the end of the period.
    async fn standing_at(&mut self, kinds: &[String]) -> Result<Count, Failure> {
        let cut = self.cut().await?;
        self.snapshot.standing_at(&cut, self.period.through, kinds).await
    }

    async fn subjects(&mut self, code: Code, reasons: &[String]) -> Result<Count, Failure> {
        let rows = over_pieces!(
            "src/ground/figure/subjects.sql",
            self.pieces,
            self.period.from,
            self.period.until(),
            code.as_str(),
            reasons,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(distinct(rows.into_iter().map(|row| (row.line, row.amount))))
    }

    async fn officers(&mut self, from: Date) -> Result<(Count, Count), Failure> {
        let rows =
            over_pieces!("src/ground/figure/officers.sql", self.pieces, from, self.period.until(),)
                .fetch_all(&mut *self.connection)
                .await?;
        let in_post = distinct(rows.iter().map(|row| (row.line.clone(), row.in_post)));
        let trained = distinct(rows.into_iter().map(|row| (row.line, row.trained)));
        Ok((in_post, trained))
    }

    async fn employers(&mut self, workforce: i32) -> Result<Count, Failure> {
        let rows = over_pieces!(
            "src/ground/figure/employers.sql",
            self.pieces,
            self.period.through,
            workforce,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(Count::sum(rows.into_iter().map(|row| (row.line, row.amount))))
    }

    async fn reach(&mut self) -> Result<(), Failure> {
        let rows = over_pieces!(
            "src/ground/figure/reach.sql",
            self.pieces,
            self.period.from,
            self.period.until(),
            self.period.through,
            self.scope.without_suspended,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let counts = [
            (
                Source::UnionsReached,
                Count::sum(rows.iter().map(|row| (row.line.clone(), row.unions_reached))),
            ),
            (
                Source::PeopleReached,
                Count::sum(rows.iter().map(|row| (row.line.clone(), row.people_reached))),
            ),
            (
                Source::PeopleAtWork,
                Count::sum(rows.into_iter().map(|row| (row.line, row.people_at_work))),
            ),
        ];
        self.counted.extend(counts);
        Ok(())
    }

    async fn ratings(&mut self, grades: &[String]) -> Result<Count, Failure> {
        let rows = match &self.ratings {
            Some(rows) => rows,
            None => {
                let rows = over_pieces!(
                    "src/ground/figure/ratings.sql",
                    self.pieces,
                    self.period.from,
                    self.period.until(),
                )
                .fetch_all(&mut *self.connection)
                .await?
                .into_iter()
                .map(|row| (row.line, row.reason, row.amount))
                .collect();
                self.ratings.insert(rows)
            }
        };
        Ok(Count::sum(
            rows.iter()
                .filter(|(_, grade, _)| grades.is_empty() || grades.contains(grade))
                .map(|(line, _, amount)| (line.clone(), *amount)),
        ))
    }

    /// Of the unions that are eligible in the years that end within the period and that the
    /// indicator's grades are of, those that were rated.
    async fn rated(&mut self, indicator: &Indicator) -> Result<Completeness, Failure> {
        let grades = indicator.grades();
        let year_ends: Vec<Date> = (self.period.from.year()..=self.period.through.year())
            .filter(|year| self.reference.rates_in(*year, grades))
            .filter_map(|number| Some(year(number)?.through))
            .filter(|last| (self.period.from..=self.period.through).contains(last))
            .collect();
        let row = over_pieces!("src/ground/figure/eligible.sql", self.pieces, &year_ends, grades,)
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
    async fn settled(&mut self) -> Result<Completeness, Failure> {
        if let Some(settled) = self.settled {
            return Ok(settled);
        }
        let (cut, on) = (self.cut().await?, self.period.through);
        let members = self.members(on).await?;
        let to_settle = self.snapshot.to_settle(&cut, on, &members).await?;
        let few = self.snapshot.few_units(&cut, FEW);
        let rows = sqlx::query_file!(
            "src/ground/figure/settled.sql",
            &to_settle.with_members,
            on,
            few.as_deref(),
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut unfinished: BTreeSet<Uuid> = to_settle.with_members.into_iter().collect();
        let mut under_way = BTreeSet::new();
        for row in rows {
            if row.placed || self.snapshot.counts_on(&cut, row.unit_id, on) {
                unfinished.insert(row.unit_id);
                if row.under_way {
                    under_way.insert(row.unit_id);
                }
            }
        }
        let every: BTreeSet<&Uuid> = to_settle.ended.iter().chain(&unfinished).collect();
        let number = |units: usize| i64::try_from(units).unwrap_or(i64::MAX);
        let settled = Completeness {
            of: Completing::Members,
            covered: number(every.len() - unfinished.len()),
            expected: number(every.len()),
            under_way: number(under_way.len()),
        };
        self.settled = Some(settled);
        Ok(settled)
    }

    async fn known(&mut self) -> Result<Known, Failure> {
        if let Some(known) = &self.known {
            return Ok(known.clone());
        }
        let known = Known::read(self.connection).await?;
        self.known = Some(known.clone());
        Ok(known)
    }
}

/// The row without a line is the total; it counts whom lines count twice once.
fn distinct(rows: impl IntoIterator<Item = (Option<String>, i64)>) -> Count {
    let mut count = Count::default();
    for (line, amount) in rows {
        match line {
            Some(line) => {
                if amount != 0 {
                    count.lines.insert(line, amount);
                }
            }
            None => count.total = amount,
        }
    }
    count
}
