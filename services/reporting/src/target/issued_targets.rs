//! What an organisation set for others, and how far all of it is reached: as many scans as the indicators
//! have sources, however many units there are.

use std::collections::{BTreeMap, BTreeSet};

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::of_heads::OfHeads;
use crate::ground::figure::{Known, Scope};
use crate::ground::indicators::Indicators;
use crate::ground::period::Period;
use crate::ground::target::{Row, Target, read_rows};
use crate::target::attained::{Attained, attained_by};

/// The one that a page begins behind: its indicator, its first and its last day, and its id.
pub type After = (String, Date, Date, Uuid);

/// Which targets are asked for.
pub struct Issued<'a> {
    /// Who set them.
    pub issuer_id: Uuid,
    /// Their periods end within it.
    pub period: Period,
    /// Of these indicators; of all where there are none.
    pub indicators: &'a [String],
    /// As they were known then; now where nothing is said.
    pub known_at: Option<OffsetDateTime>,
}

/// A page of them, in the newest revisions that were assigned by the ends of their periods, by indicator,
/// period and id.
pub async fn issued_targets(
    connection: &mut PgConnection,
    of: &Issued<'_>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Target>, Failure> {
    let (indicator, from, through, target_id) = match after {
        Some((indicator, from, through, id)) => (Some(indicator), Some(from), Some(through), id),
        None => (None, None, None, Uuid::nil()),
    };
    let rows = sqlx::query_file_as!(
        Row,
        "src/target/issued_targets.sql",
        of.issuer_id,
        of.period.from,
        of.period.through,
        of.indicators,
        indicator,
        from,
        through,
        target_id,
        limit,
        of.known_at,
    )
    .fetch_all(connection)
    .await?;
    read_rows(rows)
}

/// What is reached of targets.
#[derive(Default)]
pub struct Reached {
    /// By target; nothing of an indicator that is not known here.
    pub attained: BTreeMap<Uuid, Attained>,
    /// The names of the units that the caller may see, at the ends of the targets' periods.
    pub names: BTreeMap<(Uuid, Date), String>,
    /// How far everything was known; nothing where nothing was counted.
    pub known: Option<Known>,
}

/// Measures targets on one tree, through a day.
pub async fn reached(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    indicators: &Indicators,
    (issuer_id, tree): (Uuid, Option<Date>),
    targets: &[Target],
    on: Date,
) -> Result<Reached, Failure> {
    let mut reached = Reached::default();
    // One cut of the tree does for all that count the same unions.
    let mut of_groups: BTreeMap<(&str, &str), Vec<&Target>> = BTreeMap::new();
    for target in targets {
        let group = (target.sector_grouping.as_str(), target.sector_group.as_str());
        of_groups.entry(group).or_default().push(target);
    }
    for ((grouping, group), targets) in of_groups {
        let units: BTreeSet<Uuid> = targets.iter().map(|target| target.organisation_id).collect();
        let scope = Scope {
            grouping: grouping.to_string(),
            group: group.to_string(),
            ..Scope::of(issuer_id, tree)
        };
        let units = Vec::from_iter(units);
        let mut counting =
            OfHeads::new(&mut *connection, snapshot, indicators.reference(), &units, scope).await?;
        let mut of_periods: BTreeMap<(Date, Date, &str), Vec<&Target>> = BTreeMap::new();
        for target in &targets {
            let Period { from, through } = target.period;
            of_periods.entry((from, through, &target.indicator)).or_default().push(target);
        }
        for ((from, through, code), targets) in of_periods {
            let Some(indicator) = indicators.on(code, through) else { continue };
            let period = Period { from, through };
            let attained = attained_by(&mut counting, &targets, indicator, period, on).await?;
            reached.attained.extend(attained);
        }
        reached.known = Some(counting.known().await?);
    }
    if !targets.is_empty() {
        let units: Vec<Uuid> = targets.iter().map(|target| target.organisation_id).collect();
        let days: Vec<Date> = targets.iter().map(|target| target.period.through).collect();
        let named = sqlx::query_file!("src/target/units_named.sql", &units, &days);
        let named = named.fetch_all(connection).await?;
        reached.names =
            named.into_iter().map(|row| ((row.unit_id, row.on_date), row.name)).collect();
    }
    Ok(reached)
}
