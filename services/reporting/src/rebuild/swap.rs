//! The moment in which what was derived anew takes the place of what differs from it.
//!
//! What only grows is held against its other while both go on, and what is suspected is remembered. Then
//! nothing is followed any more until the transaction ends: the database beside comes to the very
//! positions of the one that is served, and what was suspected, what has come since, and all that does
//! not only grow is looked at once more. Only rows that differ are written: nothing else is locked, and
//! whoever reads has the one state or the other.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sqlx::{Connection, PgConnection};
use tokio::time::sleep;
use uuid::Uuid;

use crate::rebuild::asked::{Difference, Done};
use crate::rebuild::beside::Beside;
use crate::rebuild::compare::{Both, copy};
use crate::rebuild::generation::{self, Generation};
use crate::rebuild::mend::Differing;
use crate::rebuild::positions::{Position, held, plain, positions};
use crate::rebuild::tables::DERIVED;
use crate::rebuild::{months, named};

/// How long nothing may be followed because the database beside has yet to come as far.
const CATCH_UP_MAX: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);

/// Swaps; answers none if it was cancelled.
pub async fn swap(
    served: &mut PgConnection,
    compared: &mut PgConnection,
    beside: &mut Beside,
    rebuild_id: Uuid,
) -> anyhow::Result<Option<Done>> {
    generation::announce(&mut *served).await?;
    let since_served = plain(&positions(&mut *served).await?);
    let since_beside = plain(&positions(&mut *compared).await?);
    let mut both = Both { served: &mut *served, beside: &mut *compared };
    for table in DERIVED.iter().filter(|table| table.grows) {
        both.suspect(table).await?;
    }
    months::find(&mut *both.served).await?;

    let begun = Instant::now();
    let mut transaction = served.begin().await?;
    let running: Option<Uuid> = sqlx::query_scalar(
        "select rebuild_id from rebuild where rebuild_id = $1 and state = 'RUNNING' for update",
    )
    .bind(rebuild_id)
    .fetch_optional(&mut *transaction)
    .await?;
    if running.is_none() {
        return Ok(None);
    }
    sqlx::query(
        "insert into feed.follower (source) values ('registry'), ('membership')
         on conflict (source) do nothing",
    )
    .execute(&mut *transaction)
    .await?;
    let followed = held(&mut transaction).await?;
    catch_up(beside, &followed).await?;
    let told = stopped(beside, compared).await?;

    let mut both = Both { served: &mut transaction, beside: &mut *compared };
    let mut differing = Vec::new();
    for table in &DERIVED {
        match table.grows {
            true => both.suspect_since(table, &since_served, &since_beside).await?,
            false => both.suspect(table).await?,
        }
        both.exchange(table).await?;
        differing.push(Differing::find(&mut both, table).await?);
    }
    for table in &differing {
        table.record(&mut transaction, false).await?;
    }
    named::keep(&mut transaction).await?;
    for table in &mut differing {
        table.count(&mut transaction).await?;
    }

    let generation = Generation::begin(&mut transaction, &followed, &told, compared).await?;
    generation.units(&mut transaction).await?;
    generation.facts_that_go(&mut transaction).await?;
    for table in differing.iter().rev() {
        table.take_out(&mut transaction).await?;
    }
    for table in &differing {
        table.put_in(&mut transaction).await?;
    }
    for table in &differing {
        table.record(&mut transaction, true).await?;
    }
    generation.facts_that_come(&mut transaction).await?;
    let months = months::mend(&mut transaction).await?;
    let under_way = under_way(&mut transaction, compared).await?;
    let known = tree_known(&mut transaction, compared).await?;
    go_on_from(&mut transaction, &told, compared).await?;

    let mut differences: Vec<Difference> = differing
        .iter()
        .filter(|table| !table.is_nothing())
        .map(|table| Difference {
            table: table.name(),
            missing: table.missing,
            surplus: table.surplus,
            otherwise: table.otherwise,
        })
        .collect();
    for (table, otherwise) in
        [("unit_month", months), ("membership_told", under_way), ("tree_known", known)]
    {
        if otherwise > 0 {
            differences.push(Difference { table, missing: 0, surplus: 0, otherwise });
        }
    }
    let number = generation.end(&mut transaction, rebuild_id, &differences).await?;
    transaction.commit().await.context("commit the swap")?;
    Ok(Some(Done { rebuild_id, generation: number, differences, held: begun.elapsed() }))
}

/// Waits until the database beside is as far as the one that is served, which goes no further.
async fn catch_up(beside: &mut Beside, followed: &[Position]) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        beside.let_go(followed);
        if beside.behind(followed) == Some(0) {
            return Ok(());
        }
        beside.check().await?;
        ensure!(begun.elapsed() < CATCH_UP_MAX, "the database beside is too far behind to swap");
        sleep(LOOK).await;
    }
}

/// Stops the database beside where it is, and answers where that is.
async fn stopped(
    beside: &mut Beside,
    compared: &mut PgConnection,
) -> anyhow::Result<Vec<Position>> {
    beside.stop().await;
    let told = positions(compared).await?;
    ensure!(told.len() == 2, "the database beside has not followed both feeds");
    Ok(told)
}

/// Takes over how far membership had followed registry; answers how many rows said something else.
async fn under_way(served: &mut PgConnection, compared: &mut PgConnection) -> anyhow::Result<i64> {
    let (position, left_from): (i64, Option<i64>) =
        sqlx::query_as("select registry_position, left_from from membership_told")
            .fetch_one(compared)
            .await?;
    let told = sqlx::query(
        "update membership_told set registry_position = $1, left_from = $2
         where (registry_position, left_from) is distinct from ($1, $2)",
    )
    .bind(position)
    .bind(left_from)
    .execute(served)
    .await?;
    Ok(i64::try_from(told.rows_affected())?)
}

/// Takes over since when the last of registry's acts is known; answers how many rows said something else.
async fn tree_known(served: &mut PgConnection, compared: &mut PgConnection) -> anyhow::Result<i64> {
    let known_at: String =
        sqlx::query_scalar("select known_at::text from tree_known").fetch_one(compared).await?;
    let told = sqlx::query(
        "update tree_known set known_at = $1::timestamptz where known_at <> $1::timestamptz",
    )
    .bind(known_at)
    .execute(served)
    .await?;
    Ok(i64::try_from(told.rows_affected())?)
}

/// Follows on from where the database beside is, and remembers what was left out there.
async fn go_on_from(
    served: &mut PgConnection,
    told: &[Position],
    compared: &mut PgConnection,
) -> anyhow::Result<()> {
    for position in told {
        sqlx::query(
            "update feed.follower
             set epoch = $2, position = $3, change_id = $4, halted = null, halted_at = null
             where source = $1",
        )
        .bind(&position.source)
        .bind(position.epoch)
        .bind(position.position)
        .bind(position.change_id)
        .execute(&mut *served)
        .await?;
    }
    let columns = ["change_id", "source", "skipped_by", "reason", "skipped_at"].map(str::to_owned);
    sqlx::raw_sql("create temporary table skipped_beside (like feed.skipped) on commit drop")
        .execute(&mut *served)
        .await?;
    let skipped = format!("select {} from feed.skipped", columns.join(", "));
    copy(compared, &skipped, &mut *served, "pg_temp.skipped_beside", &columns).await?;
    sqlx::raw_sql(
        "insert into feed.skipped select * from pg_temp.skipped_beside
         on conflict (change_id) do nothing",
    )
    .execute(served)
    .await?;
    Ok(())
}
