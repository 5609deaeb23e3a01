//! Who continues which part of an organisation, as registry's acts state it: targets are apportioned
//! by it, and nothing else is. What is known of an act that was undone stays, and is asked no more.

use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::registry::{EndedUnit, Shares};
use sqlx::PgConnection;
use uuid::Uuid;

/// Units end, and others continue them.
pub(super) async fn ended(
    connection: &mut PgConnection,
    change: &Change,
    units: &[EndedUnit],
) -> Result<(), Failure> {
    let stated = units.iter().map(|unit| (unit.organisation_id, &unit.shares));
    record(connection, change, stated, false).await
}

/// Others were split off one that lives on.
pub(super) async fn split_off(
    connection: &mut PgConnection,
    change: &Change,
    predecessor_id: Uuid,
    shares: &Shares,
) -> Result<(), Failure> {
    record(connection, change, std::iter::once((predecessor_id, shares)), true).await
}

async fn record(
    connection: &mut PgConnection,
    change: &Change,
    stated: impl Iterator<Item = (Uuid, &Shares)>,
    split_off: bool,
) -> Result<(), Failure> {
    let (mut predecessors, mut lines) = (Vec::new(), Vec::new());
    let (mut successors, mut shares, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for (predecessor_id, stated) in stated {
        for (line, part) in (0_i32..).zip(&stated.parts) {
            predecessors.push(predecessor_id);
            lines.push(line);
            successors.push(part.organisation_id);
            shares.push(part.share);
            wholes.push(stated.whole);
        }
    }
    if predecessors.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into succession_share
             (change_id, predecessor_id, line, successor_id, share, whole, split_off, on_date)
         select $1, predecessor_id, line, successor_id, share, whole, $2, $3
         from unnest($4::uuid[], $5::integer[], $6::uuid[], $7::integer[], $8::integer[])
              as stated (predecessor_id, line, successor_id, share, whole)",
        change.change_id,
        split_off,
        change.effective_on,
        &predecessors,
        &lines,
        &successors,
        &shares,
        &wholes,
    )
    .execute(connection)
    .await?;
    Ok(())
}
