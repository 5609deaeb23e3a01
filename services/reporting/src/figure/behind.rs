//! The changes behind a figure: which of them made the part of each unit, and on what they rest.
//!
//! Where units count comes from the columns; the changes are looked up unit by unit, so that of a
//! national figure no more is read at once than is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::{Cut, Snapshot};
use crate::ground::fact::Code;
use crate::ground::figure::{Scope, Source};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};

/// A change and what it adds.
pub struct ChangeBehind {
    /// The change.
    pub change_id: Uuid,
    /// Its act.
    pub act_id: Uuid,
    /// For example `membership.members_admitted`.
    pub kind: String,
    /// From when what it says of the unit holds: a change may tell several days at once.
    pub effective_on: Date,
    /// What it adds to the figure.
    pub amount: i64,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// The decision's number.
    pub decision_number: Option<String>,
    /// The trace that wrote it.
    pub traceparent: String,
    /// Whose feed it stands in.
    pub source: String,
    /// Where it stands; 0 while it is not yet numbered.
    pub position: i64,
    /// The act of registry that it followed from.
    pub because: Option<RegistryAct>,
}

/// An act of registry, by that of its changes which another change followed from.
#[derive(Clone)]
pub struct RegistryAct {
    /// The act.
    pub act_id: Uuid,
    /// The change.
    pub change_id: Uuid,
    /// For example `registry.organisations_ended`.
    pub kind: String,
    /// From when it holds.
    pub effective_on: Date,
    /// The trace that wrote it.
    pub traceparent: String,
    /// Where it stands in registry's feed.
    pub position: i64,
}

/// What stands behind an indicator of a scope and a period.
pub struct Behind {
    snapshot: Snapshot,
    scope: Scope,
    period: Period,
    indicator: Indicator,
    cut: Arc<Cut>,
    /// Those that count as unions on the last day, where that is asked.
    unions: BTreeSet<Uuid>,
    /// About how many facts each unit has.
    facts: BTreeMap<Uuid, u64>,
}

/// A unit, a change, from when what the change says of the unit holds, and what that adds.
type Amounts = BTreeMap<(Uuid, Uuid, Date), i64>;

/// A statement of a file over the pieces of some units of a head's, which are its values $1 to $4; what
/// follows is bound from $5 on.
macro_rules! over_pieces {
    ($file:literal, $pieces:expr, $head:expr $(, $($bound:tt)*)?) => {
        sqlx::query_file!(
            $file,
            &$pieces.units,
            &$pieces.from as &[Option<Date>],
            &$pieces.until as &[Option<Date>],
            $head,
            $($($bound)*)?
        )
    };
}

impl Behind {
    /// Whether an indicator counts unions on the last day.
    pub fn needs_unions(indicator: &Indicator) -> bool {
        indicator.numerator.terms().any(|term| term.source == Source::UnionsAt)
    }

    /// Whether the changes behind an indicator can be told as they were known before: seats, surveys,
    /// activities and by which rules a union is rated are counted as they were known, and looked up as
    /// they are known now.
    pub fn is_kept(indicator: &Indicator) -> bool {
        let as_now = |source: &Source| {
            matches!(
                source,
                Source::Ratings(_)
                    | Source::OfficersAt
                    | Source::OfficersDuring
                    | Source::OfficersTrained
                    | Source::EmployersWithoutUnion(_)
                    | Source::UnionsReached
                    | Source::PeopleReached
                    | Source::PeopleAtWork
            )
        };
        !indicator.numerator.terms().any(|term| as_now(&term.source))
    }

    /// Of an indicator; `unions` are the lines of those that count as unions on the last day.
    pub async fn of(
        snapshot: &Snapshot,
        reference: &'static Reference,
        scope: Scope,
        period: Period,
        indicator: Indicator,
        unions: &BTreeSet<String>,
    ) -> Result<Self, Failure> {
        let cut = snapshot.cut(reference, &scope).await?;
        let codes: Vec<Code> =
            indicator.numerator.terms().flat_map(|term| codes(&term.source)).collect();
        let facts = snapshot.facts_by_unit(&cut, codes, period.until()).await?;
        let unions = unions.iter().filter_map(|line| Uuid::parse_str(line).ok()).collect();
        Ok(Self { snapshot: snapshot.clone(), scope, period, indicator, cut, unions, facts })
    }

    /// About how many facts a unit has that may stand behind the figure.
    pub fn facts_of(&self, unit: Uuid) -> u64 {
        self.facts.get(&unit).copied().unwrap_or_default()
    }

    /// All changes of some units, in no order.
    pub async fn changes(
        &self,
        connection: &mut PgConnection,
        units: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Vec<ChangeBehind>>, Failure> {
        let mut amounts = Amounts::new();
        for term in self.indicator.numerator.terms() {
            for (unit, change, on, amount) in
                self.of_source(connection, units, &term.source).await?
            {
                *amounts.entry((unit, change, on)).or_default() += term.sign * amount;
            }
        }
        amounts.retain(|_, amount| *amount != 0);

        let keys: BTreeSet<Uuid> = amounts.keys().map(|(_, change, _)| *change).collect();
        let details = sqlx::query_file!("src/figure/changes.sql", &Vec::from_iter(keys))
            .fetch_all(&mut *connection)
            .await?;
        // A change concerns few of the units: found by its key, not by asking each unit.
        let mut concerned: BTreeMap<Uuid, Vec<(Uuid, Date, i64)>> = BTreeMap::new();
        for ((unit, change, on), amount) in amounts {
            concerned.entry(change).or_default().push((unit, on, amount));
        }
        let mut changes: BTreeMap<Uuid, Vec<ChangeBehind>> = BTreeMap::new();
        for detail in details {
            let because = match (detail.because_act_id, detail.because_change_id) {
                (Some(act_id), Some(change_id)) => Some(RegistryAct {
                    act_id,
                    change_id,
                    kind: detail.because_kind.unwrap_or_default(),
                    effective_on: detail.because_effective_on.unwrap_or(detail.effective_on),
                    traceparent: detail.because_traceparent.unwrap_or_default(),
                    position: detail.because_position.unwrap_or_default(),
                }),
                _ => None,
            };
            for (unit, effective_on, amount) in concerned.remove(&detail.key).unwrap_or_default() {
                changes.entry(unit).or_default().push(ChangeBehind {
                    change_id: detail.change_id,
                    act_id: detail.act_id,
                    kind: detail.kind.clone(),
                    effective_on,
                    amount,
                    decision_id: detail.decision_id,
                    decision_number: detail.decision_number.clone(),
                    traceparent: detail.traceparent.clone(),
                    source: detail.source.clone(),
                    position: detail.position,
                    because: because.clone(),
                });
            }
        }
        Ok(changes)
    }

    /// The changes behind a source. What is counted as of the last day needs no pieces: the units are
    /// those that count then.
    async fn of_source(
        &self,
        connection: &mut PgConnection,
        units: &[Uuid],
        source: &Source,
    ) -> Result<Vec<(Uuid, Uuid, Date, i64)>, Failure> {
        let Period { from, through } = self.period;
        let until = self.period.until();
        let (head, known_at) = (self.scope.head, self.snapshot.asked_at());
        let pieces = || self.snapshot.pieces(&self.cut, units);
        Ok(match source {
            Source::Flow(code, reasons) => over_pieces!(
                "src/figure/changes_flow.sql",
                pieces(),
                head,
                from,
                until,
                code.as_str(),
                reasons,
                known_at,
            )
            .fetch_all(&mut *connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::Ratings(reasons) => over_pieces!(
                "src/figure/changes_ratings.sql",
                pieces(),
                head,
                from,
                until,
                reasons,
                known_at,
            )
            .fetch_all(&mut *connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::TransferredIn | Source::TransferredOut => {
                let code = match source {
                    Source::TransferredIn => Code::TransferIn,
                    _ => Code::TransferOut,
                };
                over_pieces!(
                    "src/figure/changes_transfers.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    code.as_str(),
                    known_at,
                )
                .fetch_all(&mut *connection)
                .await?
                .into_iter()
                // What stays under the head crosses no border of it.
                .filter(|row| !self.snapshot.counts_on(&self.cut, row.counterpart_id, row.on_date))
                .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
                .collect()
            }
            Source::UnionsIn
            | Source::UnionsOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit => {
                let comes = matches!(source, Source::UnionsIn | Source::MembersInWithUnit);
                let unions = matches!(source, Source::UnionsIn | Source::UnionsOut);
                over_pieces!(
                    "src/figure/changes_moves.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    comes,
                    known_at,
                    &Code::MEMBER_MOVEMENTS.map(Code::as_str) as &[&str],
                )
                .fetch_all(&mut *connection)
                .await?
                .into_iter()
                .map(|row| {
                    let amount = if unions { row.unions } else { row.members };
                    (row.unit_id, row.change_id, row.on_date, amount)
                })
                .collect()
            }
            Source::UnionsAt => {
                let there: Vec<Uuid> =
                    units.iter().filter(|unit| self.unions.contains(unit)).copied().collect();
                sqlx::query_file!("src/figure/changes_unions.sql", &there, head, through, known_at)
                    .fetch_all(&mut *connection)
                    .await?
                    .into_iter()
                    .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
                    .collect()
            }
            Source::MembersAt => sqlx::query_file!(
                "src/figure/changes_members.sql",
                units,
                &Code::MEMBER_MOVEMENTS.map(Code::as_str) as &[&str],
                through,
                head,
                known_at,
            )
            .fetch_all(&mut *connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::StandingAt(kinds) => sqlx::query_file!(
                "src/figure/changes_standing.sql",
                units,
                kinds,
                through,
                head,
                known_at,
            )
            .fetch_all(&mut *connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::Subjects(code, reasons) => over_pieces!(
                "src/figure/changes_subjects.sql",
                pieces(),
                head,
                from,
                until,
                code.as_str(),
                reasons,
                known_at,
            )
            .fetch_all(&mut *connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::OfficersAt | Source::OfficersDuring | Source::OfficersTrained => {
                let from = if *source == Source::OfficersAt { through } else { from };
                over_pieces!(
                    "src/figure/changes_officers.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    *source == Source::OfficersTrained,
                )
                .fetch_all(&mut *connection)
                .await?
                .into_iter()
                .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
                .collect()
            }
            Source::EmployersWithoutUnion(workforce) => sqlx::query_file!(
                "src/figure/changes_employers.sql",
                units,
                through,
                workforce,
                head,
            )
            .fetch_all(&mut *connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::UnionsReached | Source::PeopleReached => {
                let unions = *source == Source::UnionsReached;
                sqlx::query_file!("src/figure/changes_reach.sql", units, from, until, head)
                    .fetch_all(&mut *connection)
                    .await?
                    .into_iter()
                    .map(|row| {
                        (
                            row.unit_id,
                            row.change_id,
                            row.on_date,
                            if unions { 1 } else { row.people },
                        )
                    })
                    .collect()
            }
            // A denominator only; nothing that is explained is counted from it.
            Source::PeopleAtWork => Vec::new(),
        })
    }
}

/// The codes whose facts may stand behind a source.
fn codes(source: &Source) -> Vec<Code> {
    match source {
        Source::Flow(code, _) | Source::Subjects(code, _) => vec![*code],
        Source::Ratings(_) => vec![Code::Rating],
        Source::TransferredIn => vec![Code::TransferIn],
        Source::TransferredOut => vec![Code::TransferOut],
        Source::MembersAt => Code::MEMBER_MOVEMENTS.to_vec(),
        Source::StandingAt(_) => vec![Code::Standing],
        _ => Vec::new(),
    }
}
