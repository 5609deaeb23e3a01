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
}

/// A unit, a change, and from when what the change says of the unit holds.
type Key = (Uuid, Uuid, Date);

/// What a change adds of a unit.
struct Added {
    unit_id: Uuid,
    change_id: Uuid,
    on_date: Date,
    amount: i64,
}

/// A transfer, and the other union.
struct Transferred {
    unit_id: Uuid,
    change_id: Uuid,
    on_date: Date,
    counterpart_id: Uuid,
    amount: i64,
}

/// A statement of a file over the pieces of some units of a head's, which are its values $1 to $4; what
/// follows is bound from $5 on.
macro_rules! over_pieces {
    ($row:ident, $file:literal, $pieces:expr, $head:expr $(, $($bound:tt)*)?) => {
        sqlx::query_file_as!(
            $row,
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
        let unions = unions.iter().filter_map(|line| Uuid::parse_str(line).ok()).collect();
        Ok(Self { snapshot: snapshot.clone(), scope, period, indicator, cut, unions })
    }

    /// About how many facts each of some units has that may stand behind the figure.
    pub async fn facts(&self, units: &Arc<[Uuid]>) -> Result<Vec<u64>, Failure> {
        let terms = self.indicator.numerator.terms();
        let codes: Vec<Code> = terms.flat_map(|term| codes(&term.source)).collect();
        self.snapshot.facts_by_unit(units, codes, self.period.until()).await
    }

    /// All changes of some units, in no order.
    pub async fn changes(
        &self,
        connection: &mut PgConnection,
        units: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Vec<ChangeBehind>>, Failure> {
        let mut amounts: BTreeMap<Key, i64> = BTreeMap::new();
        for term in self.indicator.numerator.terms() {
            for added in self.of_source(connection, units, &term.source).await? {
                let key = (added.unit_id, added.change_id, added.on_date);
                *amounts.entry(key).or_default() += term.sign * added.amount;
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
    ) -> Result<Vec<Added>, Failure> {
        let Period { from, through } = self.period;
        let until = self.period.until();
        let (head, known_at) = (self.scope.head, self.snapshot.asked_at());
        let pieces = || self.snapshot.pieces(&self.cut, units);
        let added = match source {
            Source::Flow(code, reasons) => {
                over_pieces!(
                    Added,
                    "src/figure/changes_flow.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    code.as_str(),
                    reasons,
                    known_at,
                )
                .fetch_all(connection)
                .await?
            }
            Source::Ratings(reasons) => {
                over_pieces!(
                    Added,
                    "src/figure/changes_ratings.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    reasons,
                    known_at,
                )
                .fetch_all(connection)
                .await?
            }
            Source::TransferredIn | Source::TransferredOut => {
                let code = match source {
                    Source::TransferredIn => Code::TransferIn,
                    _ => Code::TransferOut,
                };
                let transfers = over_pieces!(
                    Transferred,
                    "src/figure/changes_transfers.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    code.as_str(),
                    known_at,
                )
                .fetch_all(connection)
                .await?;
                // What stays under the head crosses no border of it.
                let crosses = |row: &Transferred| {
                    !self.snapshot.counts_on(&self.cut, row.counterpart_id, row.on_date)
                };
                transfers.into_iter().filter(crosses).map(Added::from).collect()
            }
            Source::UnionsIn
            | Source::UnionsOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit => {
                let comes = matches!(source, Source::UnionsIn | Source::MembersInWithUnit);
                let unions = matches!(source, Source::UnionsIn | Source::UnionsOut);
                over_pieces!(
                    Added,
                    "src/figure/changes_moves.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    comes,
                    known_at,
                    &Code::MEMBER_MOVEMENTS.map(Code::as_str) as &[&str],
                    unions,
                )
                .fetch_all(connection)
                .await?
            }
            Source::UnionsAt => {
                let there: Vec<Uuid> =
                    units.iter().filter(|unit| self.unions.contains(unit)).copied().collect();
                sqlx::query_file_as!(
                    Added,
                    "src/figure/changes_unions.sql",
                    &there,
                    head,
                    through,
                    known_at,
                )
                .fetch_all(connection)
                .await?
            }
            Source::MembersAt => {
                sqlx::query_file_as!(
                    Added,
                    "src/figure/changes_members.sql",
                    units,
                    &Code::MEMBER_MOVEMENTS.map(Code::as_str) as &[&str],
                    through,
                    head,
                    known_at,
                )
                .fetch_all(connection)
                .await?
            }
            Source::StandingAt(kinds) => {
                sqlx::query_file_as!(
                    Added,
                    "src/figure/changes_standing.sql",
                    units,
                    kinds,
                    through,
                    head,
                    known_at,
                )
                .fetch_all(connection)
                .await?
            }
            Source::Subjects(code, reasons) => {
                over_pieces!(
                    Added,
                    "src/figure/changes_subjects.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    code.as_str(),
                    reasons,
                    known_at,
                )
                .fetch_all(connection)
                .await?
            }
            Source::OfficersAt | Source::OfficersDuring | Source::OfficersTrained => {
                let from = if *source == Source::OfficersAt { through } else { from };
                over_pieces!(
                    Added,
                    "src/figure/changes_officers.sql",
                    pieces(),
                    head,
                    from,
                    until,
                    *source == Source::OfficersTrained,
                )
                .fetch_all(connection)
                .await?
            }
            Source::EmployersWithoutUnion(workforce) => {
                sqlx::query_file_as!(
                    Added,
                    "src/figure/changes_employers.sql",
                    units,
                    through,
                    workforce,
                    head,
                )
                .fetch_all(connection)
                .await?
            }
            Source::UnionsReached | Source::PeopleReached => {
                let unions = *source == Source::UnionsReached;
                sqlx::query_file_as!(
                    Added,
                    "src/figure/changes_reach.sql",
                    units,
                    from,
                    until,
                    head,
                    unions,
                )
                .fetch_all(connection)
                .await?
            }
            // A denominator only; nothing that is explained is counted from it.
            Source::PeopleAtWork => Vec::new(),
        };
        Ok(added)
    }
}

impl From<Transferred> for Added {
    fn from(transferred: Transferred) -> Self {
        let Transferred { unit_id, change_id, on_date, amount, .. } = transferred;
        Self { unit_id, change_id, on_date, amount }
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
