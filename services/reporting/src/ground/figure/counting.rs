//! Counts: what a figure is computed of, each statement once for all that need it.

use std::collections::{BTreeMap, BTreeSet};

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;

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
    /// By code; those of codes that were not asked for yet are absent.
    flows: BTreeMap<String, Vec<Flow>>,
    /// Codes that will be asked for: they come with the first statement.
    expected: BTreeSet<Code>,
    transfers_inside: Option<Vec<(String, String, i64)>>,
    counted: BTreeMap<Source, Count>,
    /// By line: amounts and grades.
    ratings: Option<Vec<(String, String, i64)>>,
    settled: Option<Completeness>,
    known: Option<Known>,
}

/// What happened in one line, of one code.
struct Flow {
    line: String,
    reason: String,
    amount: i64,
}

impl<'a> Counting<'a> {
    /// Begins; nothing is asked yet.
    pub fn new(
        connection: &'a mut PgConnection,
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
            flows: BTreeMap::new(),
            expected: BTreeSet::new(),
            transfers_inside: None,
            counted: BTreeMap::new(),
            ratings: None,
            settled: None,
            known: None,
        }
    }

    /// Says which indicators will be asked for, so that one statement brings all their flows.
    pub fn expect<'i>(&mut self, indicators: impl IntoIterator<Item = &'i Indicator>) {
        let formulas = indicators.into_iter().flat_map(|indicator| {
            std::iter::once(&indicator.numerator).chain(&indicator.denominator)
        });
        for term in formulas.flat_map(Formula::terms) {
            self.expected.extend(term.source.code());
        }
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

    async fn flow(&mut self, code: Code, reasons: &[String]) -> Result<Count, Failure> {
        let rows = self.flows(code).await?;
        Ok(Count::sum(
            rows.iter()
                .filter(|row| reasons.is_empty() || reasons.contains(&row.reason))
                .map(|row| (row.line.clone(), row.amount)),
        ))
    }

    /// A code's amounts by reason.
    pub async fn by_reason(&mut self, code: Code) -> Result<BTreeMap<String, i64>, Failure> {
        let mut reasons = BTreeMap::new();
        for row in self.flows(code).await? {
            *reasons.entry(row.reason.clone()).or_default() += row.amount;
        }
        reasons.retain(|_, amount: &mut i64| *amount != 0);
        Ok(reasons)
    }

    async fn flows(&mut self, code: Code) -> Result<&[Flow], Failure> {
        if !self.flows.contains_key(code.as_str()) {
            let mut codes = std::mem::take(&mut self.expected);
            codes.insert(code);
            codes.retain(|code| !self.flows.contains_key(code.as_str()));
            let codes: Vec<&str> = codes.into_iter().map(Code::as_str).collect();
            let rows = over_pieces!(
                "src/ground/figure/flows.sql",
                self.pieces,
                self.period.from,
                self.period.until(),
                &codes as &[&str],
            )
            .fetch_all(&mut *self.connection)
            .await?;
            self.flows.extend(codes.into_iter().map(|code| (code.to_string(), Vec::new())));
            for row in rows {
                let flow = Flow { line: row.line, reason: row.reason, amount: row.amount };
                self.flows.entry(row.code).or_default().push(flow);
            }
        }
        Ok(self.flows.get(code.as_str()).map_or(&[], Vec::as_slice))
    }

    /// All transfers, less those that stay under the head.
    async fn transfers(&mut self) -> Result<(), Failure> {
        let inside = match &self.transfers_inside {
            Some(inside) => inside.clone(),
            None => {
                let inside: Vec<(String, String, i64)> = over_pieces!(
                    "src/ground/figure/transfers_inside.sql",
                    self.pieces,
                    self.period.from,
                    self.period.until(),
                )
                .fetch_all(&mut *self.connection)
                .await?
                .into_iter()
                .map(|row| (row.out_line, row.in_line, row.amount))
                .collect();
                self.transfers_inside = Some(inside.clone());
                inside
            }
        };
        let mut entering = self.flow(Code::TransferIn, &[]).await?;
        let mut leaving = self.flow(Code::TransferOut, &[]).await?;
        for (out_line, in_line, amount) in inside {
            leaving.add(out_line, -amount);
            entering.add(in_line, -amount);
        }
        self.counted.insert(Source::TransferredIn, entering);
        self.counted.insert(Source::TransferredOut, leaving);
        Ok(())
    }

    async fn moves(&mut self) -> Result<(), Failure> {
        let rows = over_pieces!(
            "src/ground/figure/moves.sql",
            self.pieces,
            self.period.from,
            self.period.until(),
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let of = |comes: bool, amount: fn(i64, i64) -> i64| {
            Count::sum(
                rows.iter()
                    .filter(|row| row.comes == comes)
                    .map(|row| (row.line.clone(), amount(row.unions, row.members))),
            )
        };
        let counts = [
            (Source::UnionsIn, of(true, |unions, _| unions)),
            (Source::UnionsOut, of(false, |unions, _| unions)),
            (Source::MembersInWithUnit, of(true, |_, members| members)),
            (Source::MembersOutWithUnit, of(false, |_, members| members)),
        ];
        self.counted.extend(counts);
        Ok(())
    }

    /// Unions at the end of a day.
    pub async fn unions_at(&mut self, on: Date) -> Result<Count, Failure> {
        let rows = over_pieces!(
            "src/ground/figure/unions_at.sql",
            self.pieces,
            on,
            self.scope.without_suspended,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(Count::sum(rows.into_iter().map(|row| (row.line, row.amount))))
    }

    /// Members at the end of a day.
    pub async fn members_at(&mut self, on: Date) -> Result<Count, Failure> {
        let rows = over_pieces!(
            "src/ground/figure/members_at.sql",
            self.pieces,
            on,
            &Code::MEMBER_MOVEMENTS.map(Code::as_str) as &[&str],
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(Count::sum(rows.into_iter().map(|row| (row.line, row.amount))))
    }

    /// People who stand so at the end of the period.
    async fn standing_at(&mut self, kinds: &[String]) -> Result<Count, Failure> {
        let rows = over_pieces!(
            "src/ground/figure/standing_at.sql",
            self.pieces,
            self.period.through,
            kinds,
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(Count::sum(rows.into_iter().map(|row| (row.line, row.amount))))
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
        let row = over_pieces!("src/ground/figure/settled.sql", self.pieces, self.period.through,)
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
