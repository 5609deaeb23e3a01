//! What an indicator counts of each unit directly below that of a target: by which the target may be
//! handed down.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::{By, Counting, Scope};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};

/// Counted in one go, as of the day from which the targets hold (the first of the target's period,
/// where none is stated), of the unions that the target counts. A target that is not there, or not
/// the caller's to hand down, has nobody below: the act says so.
pub async fn counted_children(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    target_id: Uuid,
    (indicator, period): (&Indicator, Period),
    assigned_on: Option<Date>,
) -> Result<BTreeMap<Uuid, i64>, Failure> {
    let held = sqlx::query!(
        r#"select t.organisation_id, t.sector_grouping, t.sector_group,
                  lower(t.period) as "from_on!"
           from target t
           where t.target_id = $1 and t.revision = 1 and access.covers(t.organisation_id)"#,
        target_id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(held) = held else { return Ok(BTreeMap::new()) };
    let scope = Scope {
        by: By::Child,
        grouping: held.sector_grouping,
        group: held.sector_group,
        ..Scope::of(held.organisation_id, Some(assigned_on.unwrap_or(held.from_on)))
    };
    let mut counting = Counting::new(connection, snapshot, reference, scope, period);
    let lines = counting.formula(&indicator.numerator).await?.lines;
    let of = |(line, amount): (String, i64)| Some((Uuid::parse_str(&line).ok()?, amount));
    Ok(lines.into_iter().filter_map(of).collect())
}
