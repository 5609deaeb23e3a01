//! From a figure down to its units, and from a unit to the changes that made its part.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::fact::Code;
use crate::ground::figure::scope::over_pieces;
use crate::ground::figure::{By, Counting, Figure, Pieces, Scope, Source, heads};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};

/// How many changes of one unit are shown at most.
const CHANGES_MAX: usize = 200;
/// How many changes one answer carries at most: a page ends before the unit that has more.
const CHANGES_OF_PAGE_MAX: usize = 4_000;

/// A figure and a page of its units.
pub struct Explanation {
    /// Without lines.
    pub figure: Figure,
    /// By id.
    pub units: Vec<Unit>,
    /// Where the next page starts: after this unit.
    pub next: Option<Uuid>,
}

/// What one unit contributes.
pub struct Unit {
    /// The unit.
    pub organisation_id: Uuid,
    /// Its name at the end of the period, or when it ended.
    pub name: String,
    /// Its part of the value, or of the numerator.
    pub amount: i64,
    /// Its part of the denominator.
    pub denominator: i64,
    /// Oldest first.
    pub changes: Vec<ChangeBehind>,
    /// How many more there are.
    pub changes_left_off: i64,
}

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

/// Which figure is to be explained.
pub struct Asked<'a> {
    /// Its scope; its lines are not looked at.
    pub scope: Scope,
    /// Its period.
    pub period: Period,
    /// What it counts.
    pub indicator: &'a Indicator,
}

/// Explains an indicator.
pub async fn explain(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    Asked { scope, period, indicator }: Asked<'_>,
    after: Option<Uuid>,
    page_size: i64,
) -> Result<Explanation, Failure> {
    let without_suspended = scope.without_suspended || indicator.without_suspended;
    let by_unit = Scope { by: By::Unit, without_suspended, ..scope };
    let mut counting =
        Counting::new(&mut *connection, snapshot, reference, by_unit.clone(), period)
            .in_first_lines();
    let mut figure = counting.figure(indicator).await?;

    let amounts = std::mem::take(&mut figure.value.lines);
    let denominators = figure
        .denominator
        .as_mut()
        .map(|count| std::mem::take(&mut count.lines))
        .unwrap_or_default();
    // Lines by unit are keyed by the unit's id.
    let mut rest: Vec<Uuid> = amounts
        .keys()
        .chain(denominators.keys())
        .filter_map(|line| Uuid::parse_str(line).ok())
        .filter(|unit| after.is_none_or(|after| *unit > after))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let page_size = usize::try_from(page_size).unwrap_or(1);
    let next = (rest.len() > page_size).then(|| rest[page_size - 1]);
    rest.truncate(page_size);

    let names = heads(&mut *connection, &rest, period.through).await?;
    let pieces = Pieces::of(&by_unit, reference);
    let mut behind =
        Behind { connection, snapshot, reference, scope: by_unit, pieces, period, units: &rest };
    let changes = behind.changes(indicator).await?;
    // A union of thousands has a long past: sorting that of hundreds of them is not for a thread
    // that others' calls are waiting for.
    let (units, next) =
        spawn_blocking(move || arrange(rest, next, names, changes, amounts, denominators))
            .await
            .context("arrange an explanation")?;
    Ok(Explanation { figure, units, next })
}

/// The units in their order, each with its changes, oldest first: as many as one answer carries.
fn arrange(
    units: Vec<Uuid>,
    next: Option<Uuid>,
    names: BTreeMap<Uuid, String>,
    mut changes: BTreeMap<Uuid, Vec<ChangeBehind>>,
    amounts: BTreeMap<String, i64>,
    denominators: BTreeMap<String, i64>,
) -> (Vec<Unit>, Option<Uuid>) {
    let mut room = CHANGES_OF_PAGE_MAX;
    let mut shown: Vec<Unit> = Vec::new();
    for unit in units {
        let mut changes = changes.remove(&unit).unwrap_or_default();
        changes.sort_by_key(|change| (change.effective_on, change.change_id));
        let changes_left_off = changes.len().saturating_sub(CHANGES_MAX);
        changes.truncate(CHANGES_MAX);
        if changes.len() > room
            && let Some(last) = shown.last()
        {
            let last = last.organisation_id;
            return (shown, Some(last));
        }
        room = room.saturating_sub(changes.len());
        let line = unit.to_string();
        shown.push(Unit {
            organisation_id: unit,
            name: names.get(&unit).cloned().unwrap_or_default(),
            amount: amounts.get(&line).copied().unwrap_or_default(),
            denominator: denominators.get(&line).copied().unwrap_or_default(),
            changes,
            changes_left_off: i64::try_from(changes_left_off).unwrap_or(i64::MAX),
        });
    }
    (shown, next)
}

/// Finds the changes behind the sources of an indicator, for a page of units.
struct Behind<'a> {
    connection: &'a mut PgConnection,
    snapshot: &'a Snapshot,
    reference: &'static Reference,
    scope: Scope,
    pieces: Pieces,
    period: Period,
    units: &'a [Uuid],
}

/// A unit, a change, from when what the change says of the unit holds, and what that adds.
type Amounts = BTreeMap<(Uuid, Uuid, Date), i64>;

impl Behind<'_> {
    async fn changes(
        &mut self,
        indicator: &Indicator,
    ) -> Result<BTreeMap<Uuid, Vec<ChangeBehind>>, Failure> {
        let mut amounts = Amounts::new();
        for term in indicator.numerator.terms() {
            for (unit, change, on, amount) in self.of(&term.source).await? {
                *amounts.entry((unit, change, on)).or_default() += term.sign * amount;
            }
        }
        amounts.retain(|_, amount| *amount != 0);

        let keys: Vec<Uuid> = amounts
            .keys()
            .map(|(_, change, _)| *change)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let details = sqlx::query_file!("src/figure/changes.sql", &keys)
            .fetch_all(&mut *self.connection)
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

    async fn of(&mut self, source: &Source) -> Result<Vec<(Uuid, Uuid, Date, i64)>, Failure> {
        let Period { from, through } = self.period;
        let until = self.period.until();
        let head = self.scope.head;
        Ok(match source {
            Source::Flow(code, reasons) => over_pieces!(
                "src/figure/changes_flow.sql",
                self.pieces,
                from,
                until,
                code.as_str(),
                reasons,
                self.units,
            )
            .fetch_all(&mut *self.connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::Ratings(reasons) => over_pieces!(
                "src/figure/changes_ratings.sql",
                self.pieces,
                from,
                until,
                reasons,
                self.units,
            )
            .fetch_all(&mut *self.connection)
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
                    self.pieces,
                    from,
                    until,
                    code.as_str(),
                    self.units,
                )
                .fetch_all(&mut *self.connection)
                .await?
                .into_iter()
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
                    self.pieces,
                    from,
                    until,
                    comes,
                    self.units,
                )
                .fetch_all(&mut *self.connection)
                .await?
                .into_iter()
                .map(|row| {
                    (
                        row.unit_id,
                        row.change_id,
                        row.on_date,
                        if unions { row.unions } else { row.members },
                    )
                })
                .collect()
            }
            Source::UnionsAt => {
                let counted = Counting::new(
                    &mut *self.connection,
                    self.snapshot,
                    self.reference,
                    self.scope.clone(),
                    self.period,
                )
                .unions_at(through)
                .await?;
                let units: Vec<Uuid> = self
                    .units
                    .iter()
                    .filter(|unit| counted.lines.contains_key(&unit.to_string()))
                    .copied()
                    .collect();
                sqlx::query_file!("src/figure/changes_unions.sql", &units, head, through)
                    .fetch_all(&mut *self.connection)
                    .await?
                    .into_iter()
                    .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
                    .collect()
            }
            Source::MembersAt => sqlx::query_file!(
                "src/figure/changes_members.sql",
                self.units,
                &Code::MEMBER_MOVEMENTS.map(Code::as_str) as &[&str],
                through,
                head,
            )
            .fetch_all(&mut *self.connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::StandingAt(kinds) => sqlx::query_file!(
                "src/figure/changes_standing.sql",
                self.units,
                kinds,
                through,
                head,
            )
            .fetch_all(&mut *self.connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::Subjects(code, reasons) => over_pieces!(
                "src/figure/changes_subjects.sql",
                self.pieces,
                from,
                until,
                code.as_str(),
                reasons,
                self.units,
            )
            .fetch_all(&mut *self.connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::OfficersAt | Source::OfficersDuring | Source::OfficersTrained => {
                let from = if *source == Source::OfficersAt { through } else { from };
                over_pieces!(
                    "src/figure/changes_officers.sql",
                    self.pieces,
                    from,
                    until,
                    *source == Source::OfficersTrained,
                    self.units,
                )
                .fetch_all(&mut *self.connection)
                .await?
                .into_iter()
                .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
                .collect()
            }
            Source::EmployersWithoutUnion(workforce) => sqlx::query_file!(
                "src/figure/changes_employers.sql",
                self.units,
                through,
                workforce,
                head,
            )
            .fetch_all(&mut *self.connection)
            .await?
            .into_iter()
            .map(|row| (row.unit_id, row.change_id, row.on_date, row.amount))
            .collect(),
            Source::UnionsReached | Source::PeopleReached => {
                let unions = *source == Source::UnionsReached;
                sqlx::query_file!("src/figure/changes_reach.sql", self.units, from, until, head)
                    .fetch_all(&mut *self.connection)
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
