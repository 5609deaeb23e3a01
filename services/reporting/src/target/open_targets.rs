//! What is asked of several units on a day, before something happens to them.

use std::collections::BTreeMap;

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::target::{Row, Target, read_rows};

/// How many open targets of one unit are shown at most.
const TARGETS_MAX: i64 = 20;

/// What is asked of one unit, and what it asks of others.
#[derive(Debug, PartialEq)]
pub struct OpenTargets {
    /// The unit.
    pub organisation_id: Uuid,
    /// The first of them, by period and indicator.
    pub targets: Vec<Target>,
    /// How many there are.
    pub open: i64,
    /// How many open targets it set for others.
    pub handed_down: i64,
    /// How many members of steering committees follow it and report on it.
    pub followers: i64,
}

/// What is open on a day, unit by unit, in the order asked. Refuses the first unit that is
/// unknown or outside the caller's scope.
pub async fn open_targets(
    connection: &mut PgConnection,
    organisation_ids: &[Uuid],
    on: Date,
) -> Result<Vec<OpenTargets>, Failure> {
    let units = sqlx::query_file!("src/target/open_targets_units.sql", organisation_ids, on)
        .fetch_all(&mut *connection)
        .await?;
    if let Some(line) = units.iter().position(|unit| !unit.covered) {
        let unknown = Refused::OrganisationUnknown {
            field: format!("organisation_ids[{line}]"),
            organisation_id: units[line].organisation_id,
        };
        return Err(unknown_or_denied(connection, unknown).await);
    }
    let rows = sqlx::query_file_as!(
        Row,
        "src/target/open_targets.sql",
        organisation_ids,
        on,
        TARGETS_MAX,
    )
    .fetch_all(connection)
    .await?;
    let mut targets: BTreeMap<Uuid, Vec<Target>> = BTreeMap::new();
    for target in read_rows(rows)? {
        targets.entry(target.organisation_id).or_default().push(target);
    }
    Ok(units
        .into_iter()
        .map(|unit| OpenTargets {
            organisation_id: unit.organisation_id,
            targets: targets.get(&unit.organisation_id).cloned().unwrap_or_default(),
            open: unit.open,
            handed_down: unit.handed_down,
            followers: unit.followers,
        })
        .collect())
}
