//! Figures of many organisations at once, which may lie below each other: what each of them has, by as
//! many scans as there are sources, and not by as many as there are organisations. A single
//! organisation is one of them ([`Counting`](crate::ground::figure::Counting)).
//!
//! All of it is counted from the [columns](crate::ground::columns) as the reading's snapshot has them;
//! what membership has yet to carry out, of which there is little, by a statement.

use std::collections::BTreeMap;
use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::{Cut, Members, Rated, Snapshot, Where};
use crate::ground::fact::Code;
use crate::ground::figure::apart::{self, Crossing};
use crate::ground::figure::breakdown::{Apart, By};
use crate::ground::figure::completeness::{Completeness, Completing};
use crate::ground::figure::count::{Count, Counts};
use crate::ground::figure::counted::Known;
use crate::ground::figure::of_period::OfPeriod;
use crate::ground::figure::scope::Scope;
use crate::ground::figure::settled::settled;
use crate::ground::figure::source::{Formula, Source};
use crate::ground::period::{Period, year};
use crate::ground::reference::{Indicator, Reference};

/// Value and denominator of one organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfHead {
    /// The value, or the numerator.
    pub value: i64,
    /// Of a share; else 0.
    pub denominator: i64,
}

/// An indicator of each of the organisations, in their order.
pub struct Counted {
    /// Values, or numerators.
    pub values: Counts,
    /// Shares only.
    pub denominators: Option<Counts>,
    /// What is known to be missing.
    pub completeness: Vec<Completeness>,
}

/// Counts for many organisations.
pub struct OfHeads<'a> {
    connection: &'a mut PgConnection,
    snapshot: &'a Snapshot,
    reference: &'static Reference,
    heads: Vec<Uuid>,
    /// They are known to lie in the caller's scope.
    covered: bool,
    /// Tree, lines and group; its head is not looked at.
    scope: Scope,
    /// Whether the caller leaves suspended unions out of stocks of unions.
    asked_without: bool,
    across: By,
    /// In which lines whoever is counted once counts.
    counts: Where,
    /// The units of each, in their lines, once they were asked for.
    cut: Option<Arc<Cut>>,
    /// Of every unit, at the end of the day that was asked for last.
    members: Option<(Date, Members)>,
    of_period: Option<OfPeriod>,
    known: Option<Known>,
}

impl<'a> OfHeads<'a> {
    /// Begins, on the tree, in the lines and of the group of a scope; those that the caller may not see
    /// are left out.
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
        Ok(Self { covered: true, ..Self::of(connection, snapshot, reference, heads, scope) })
    }

    /// Begins with the head of the scope alone; nothing is asked yet.
    pub(super) fn alone(
        connection: &'a mut PgConnection,
        snapshot: &'a Snapshot,
        reference: &'static Reference,
        scope: Scope,
    ) -> Self {
        Self::of(connection, snapshot, reference, vec![scope.head], scope)
    }

    fn of(
        connection: &'a mut PgConnection,
        snapshot: &'a Snapshot,
        reference: &'static Reference,
        heads: Vec<Uuid>,
        scope: Scope,
    ) -> Self {
        Self {
            connection,
            snapshot,
            reference,
            heads,
            covered: false,
            asked_without: scope.without_suspended,
            scope,
            across: By::Nothing,
            counts: Where::Everywhere,
            cut: None,
            members: None,
            of_period: None,
            known: None,
        }
    }

    /// Crosses the lines of the scope with others.
    pub fn crossed_with(mut self, across: By) -> Self {
        self.across = across;
        self
    }

    /// Whoever is counted once counts in the line that told of her first, and in no other: lines sum to
    /// what is counted.
    pub fn in_first_lines(mut self) -> Self {
        self.counts = Where::First;
        self
    }

    /// Whose figures they are, in the order of all counts.
    pub fn heads(&self) -> &[Uuid] {
        &self.heads
    }

    /// An indicator of each of them, without lines.
    pub async fn figures(
        &mut self,
        indicator: &Indicator,
        period: Period,
    ) -> Result<BTreeMap<Uuid, OfHead>, Failure> {
        self.leave_out_suspended(indicator);
        let values = self.formula(&indicator.numerator, period).await?;
        let denominators = match &indicator.denominator {
            Some(formula) => self.formula(formula, period).await?,
            None => vec![Count::default(); values.len()],
        };
        let of = |(value, denominator): (&Count, &Count)| OfHead {
            value: value.total,
            denominator: denominator.total,
        };
        let figures = values.iter().zip(&denominators).map(of);
        Ok(self.heads().iter().copied().zip(figures).collect())
    }

    /// The unions of each of them on a day.
    pub async fn unions_at(&mut self, period: Period) -> Result<BTreeMap<Uuid, i64>, Failure> {
        let unions = self.source(&Source::UnionsAt, period).await?;
        Ok(self.heads().iter().copied().zip(unions.iter().map(|count| count.total)).collect())
    }

    /// An indicator of each of them, in its lines, and what is known to be missing.
    pub async fn counted(
        &mut self,
        indicator: &Indicator,
        period: Period,
    ) -> Result<Counted, Failure> {
        self.leave_out_suspended(indicator);
        let values = self.formula(&indicator.numerator, period).await?;
        let denominators = match &indicator.denominator {
            Some(formula) => Some(self.formula(formula, period).await?),
            None => None,
        };
        let completeness = match indicator.completing() {
            Completing::Nothing => vec![Completeness::WHOLE; self.heads().len()],
            Completing::Members => self.settled(period).await?,
            Completing::Ratings => self.rated(indicator, period).await?,
        };
        Ok(Counted { values, denominators, completeness })
    }

    /// Counts a formula.
    pub async fn formula(&mut self, formula: &Formula, period: Period) -> Result<Counts, Failure> {
        let mut counts = vec![Count::default(); self.heads.len()];
        for term in formula.terms() {
            let parts = self.source(&term.source, period).await?;
            for (count, part) in counts.iter_mut().zip(parts) {
                // Of most there is one, of as many lines as a country has units.
                match term.sign {
                    1 if count.lines.is_empty() && count.total == 0 => *count = part,
                    sign => count.plus(sign, &part)?,
                }
            }
        }
        for count in &mut counts {
            count.lines.retain(|_, amount| *amount != 0);
        }
        Ok(counts)
    }

    /// Counts a source.
    pub async fn source(&mut self, source: &Source, period: Period) -> Result<Counts, Failure> {
        if let Some(counts) = self.at(period).counted.get(source) {
            return Ok(counts.clone());
        }
        if let Some(crossing) = Crossing::of(self.scope.by, self.across) {
            let cut = self.cut().await?;
            let asked = (&cut, self.counts);
            let counts = apart::counted(self.snapshot, asked, source, period, crossing).await?;
            return Ok(self.keep(period, [(source.clone(), counts)], source));
        }
        let counted = match source {
            Source::Flow(code, reasons) => vec![self.flow(*code, reasons, period).await?],
            Source::Ratings(grades) => vec![self.ratings(grades, period).await?],
            Source::TransferredIn | Source::TransferredOut => {
                return self.transfers(source, period).await;
            }
            Source::UnionsIn
            | Source::UnionsOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit => return self.moves(source, period).await,
            Source::UnionsAt => vec![self.unions_on(period.through).await?],
            Source::MembersAt => vec![self.members_on(period.through).await?],
            Source::StandingAt(kinds) => {
                let cut = self.cut().await?;
                vec![self.snapshot.standing_at(&cut, period.through, kinds).await?]
            }
            Source::Subjects(code, reasons) => vec![self.subjects(*code, reasons, period).await?],
            Source::OfficersAt => {
                let day = Period { from: period.through, ..period };
                vec![self.officers(day, false).await?]
            }
            Source::OfficersDuring => vec![self.officers(period, false).await?],
            Source::OfficersTrained => vec![self.officers(period, true).await?],
            Source::EmployersWithoutUnion(workforce) => {
                vec![self.employers(*workforce, period).await?]
            }
            Source::UnionsReached | Source::PeopleReached | Source::PeopleAtWork => {
                return self.reach(source, period).await;
            }
        };
        let of_source = counted.into_iter().map(|counts| (source.clone(), counts));
        Ok(self.keep(period, of_source, source))
    }

    /// Suspended unions are left out where the caller, or the indicator, says so.
    fn leave_out_suspended(&mut self, indicator: &Indicator) {
        let without = self.asked_without || indicator.without_suspended;
        if self.scope.without_suspended != without {
            self.scope.without_suspended = without;
            self.of_period = None;
        }
    }

    /// What was counted of a period; of another than before, nothing yet.
    fn at(&mut self, period: Period) -> &mut OfPeriod {
        if self.of_period.as_ref().is_some_and(|of| of.period != period) {
            self.of_period = None;
        }
        self.of_period.get_or_insert_with(|| OfPeriod::of(period))
    }

    /// Keeps what one scan has counted, and answers one source of it.
    fn keep(
        &mut self,
        period: Period,
        counted: impl IntoIterator<Item = (Source, Counts)>,
        source: &Source,
    ) -> Counts {
        let of_period = self.at(period);
        of_period.counted.extend(counted);
        of_period.counted.get(source).cloned().unwrap_or_default()
    }

    /// The units of each head in their lines; of organisations in the caller's scope, which the
    /// database decides.
    async fn cut(&mut self) -> Result<Arc<Cut>, Failure> {
        if let Some(cut) = &self.cut {
            return Ok(cut.clone());
        }
        let covered = self.covered
            || sqlx::query_scalar!(
                r#"select not exists (select from unnest($1::uuid[]) as head (unit_id)
                                      where not access.covers(head.unit_id)) as "covered!""#,
                &self.heads,
            )
            .fetch_one(&mut *self.connection)
            .await?;
        let cut = match covered {
            true => {
                let (reference, heads) = (self.reference, &self.heads);
                let (scope, across) = match Crossing::of(self.scope.by, self.across) {
                    Some(crossing) => {
                        (&Scope { by: crossing.of_units(), ..self.scope.clone() }, By::Nothing)
                    }
                    None => (&self.scope, self.across),
                };
                self.snapshot.cut_of_heads(reference, heads, scope, across).await?
            }
            false => Arc::new(Cut::nothing(self.heads().len())),
        };
        Ok(self.cut.insert(cut).clone())
    }

    async fn flow(
        &mut self,
        code: Code,
        reasons: &[String],
        period: Period,
    ) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        self.snapshot.flow(&cut, code, period, reasons).await
    }

    /// A code's amounts by reason, of all heads together.
    pub(super) async fn by_reason(
        &mut self,
        code: Code,
        period: Period,
    ) -> Result<BTreeMap<String, i64>, Failure> {
        let cut = self.cut().await?;
        let said = self.snapshot.flow_apart(&cut, code, period, &[], Apart::Reason).await?;
        let mut sums = BTreeMap::new();
        for (reason, counts) in said {
            let mut sum = Count::default();
            for count in &counts {
                sum.plus(1, count)?;
            }
            if sum.total != 0 {
                sums.insert(reason, sum.total);
            }
        }
        Ok(sums)
    }

    /// All transfers, less those that stay under the head.
    async fn transfers(&mut self, source: &Source, period: Period) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        let (left, entered) = self.snapshot.transfers_inside(&cut, period).await?;
        let mut entering = self.flow(Code::TransferIn, &[], period).await?;
        let mut leaving = self.flow(Code::TransferOut, &[], period).await?;
        for (counts, inside) in [(&mut leaving, left), (&mut entering, entered)] {
            for (count, inside) in counts.iter_mut().zip(&inside) {
                count.plus(-1, inside)?;
            }
        }
        let both = [(Source::TransferredIn, entering), (Source::TransferredOut, leaving)];
        Ok(self.keep(period, both, source))
    }

    async fn moves(&mut self, source: &Source, period: Period) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        let moved = self.snapshot.moves(&cut, period).await?;
        let counts = [
            (Source::UnionsIn, moved.unions_in),
            (Source::UnionsOut, moved.unions_out),
            (Source::MembersInWithUnit, moved.members_in),
            (Source::MembersOutWithUnit, moved.members_out),
        ];
        Ok(self.keep(period, counts, source))
    }

    /// Unions at the end of a day.
    pub(super) async fn unions_on(&mut self, on: Date) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        self.snapshot.unions_at(&cut, on, self.scope.without_suspended).await
    }

    /// Members at the end of a day.
    pub(super) async fn members_on(&mut self, on: Date) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        let members = self.members(on).await?;
        self.snapshot.members_at(&cut, on, &members).await
    }

    /// The members of every unit at the end of a day.
    async fn members(&mut self, on: Date) -> Result<Members, Failure> {
        if let Some((_, members)) = self.members.as_ref().filter(|(of, _)| *of == on) {
            return Ok(members.clone());
        }
        let members = self.snapshot.members(on).await?;
        self.members = Some((on, members.clone()));
        Ok(members)
    }

    async fn subjects(
        &mut self,
        code: Code,
        reasons: &[String],
        period: Period,
    ) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        self.snapshot.subjects((&cut, self.counts), code, period, reasons).await
    }

    /// People in office in the period; of them, if it is asked, those who were trained.
    async fn officers(&mut self, period: Period, trained: bool) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        self.snapshot.officers((&cut, self.counts), period, trained).await
    }

    async fn employers(&mut self, workforce: i32, period: Period) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        self.snapshot.employers_without_union(&cut, period.through, workforce).await
    }

    async fn reach(&mut self, source: &Source, period: Period) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        let members = self.members(period.through).await?;
        let without = self.scope.without_suspended;
        let reach = self.snapshot.reach(&cut, period, without, &members).await?;
        let counts = [
            (Source::UnionsReached, reach.unions),
            (Source::PeopleReached, reach.people),
            (Source::PeopleAtWork, reach.at_work),
        ];
        Ok(self.keep(period, counts, source))
    }

    async fn ratings(&mut self, grades: &[String], period: Period) -> Result<Counts, Failure> {
        let cut = self.cut().await?;
        self.snapshot.ratings(&cut, period, grades).await
    }

    /// Of the unions that are eligible in the years that end within the period and that the
    /// indicator's grades are of, those that were rated.
    async fn rated(
        &mut self,
        indicator: &Indicator,
        period: Period,
    ) -> Result<Vec<Completeness>, Failure> {
        let grades = indicator.grades();
        let year_ends: Vec<Date> = (period.from.year()..=period.through.year())
            .filter(|year| self.reference.rates_in(*year, grades))
            .filter_map(|number| Some(year(number)?.through))
            .filter(|last| (period.from..=period.through).contains(last))
            .collect();
        let cut = self.cut().await?;
        let none = Completeness { of: Completing::Ratings, ..Completeness::WHOLE };
        let rated = self.snapshot.rated(&cut, &year_ends, grades).await?;
        let of = |of: Rated| Completeness { covered: of.rated, expected: of.eligible, ..none };
        Ok(rated.into_iter().map(of).collect())
    }

    /// Of the units whose members membership has to place, those where it has.
    async fn settled(&mut self, period: Period) -> Result<Vec<Completeness>, Failure> {
        if let Some(settled) = &self.at(period).settled {
            return Ok(settled.clone());
        }
        let (cut, on) = (self.cut().await?, period.through);
        let members = self.members(on).await?;
        let settled = settled(self.connection, self.snapshot, &cut, on, &members).await?;
        self.at(period).settled = Some(settled.clone());
        Ok(settled)
    }

    /// The instant of the reading, and how far everything was known then.
    pub async fn known(&mut self) -> Result<Known, Failure> {
        if let Some(known) = &self.known {
            return Ok(known.clone());
        }
        let known = Known::read(self.connection).await?.as_asked(self.snapshot.asked_at());
        self.known = Some(known.clone());
        Ok(known)
    }
}
