//! Who waits for whom: rights come before locks, and acts that wait hold up nobody who reads.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use time::macros::date;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::Status;

use crate::world::*;

/// Nothing here waits for as long as this, but for a lock that nobody gives back.
const PATIENCE: Duration = Duration::from_secs(20);

/// The lock of acts that move or end units, held by somebody who takes his time.
async fn moving(connection: &mut PgConnection) -> sqlx::Transaction<'_, sqlx::Postgres> {
    let mut moving = connection.begin().await.expect("begun");
    sqlx::query("select pg_advisory_xact_lock(7165066922515456366)")
        .execute(&mut *moving)
        .await
        .expect("locked");
    moving
}

/// The reason of a refusal that came although the lock is held.
async fn at_once<T: std::fmt::Debug>(answer: impl Future<Output = Result<T, Status>>) -> String {
    reason(timeout(PATIENCE, answer).await.expect("does not wait for the lock"))
}

#[tokio::test]
async fn whoever_has_no_right_on_a_unit_waits_for_nobody_who_moves_it() {
    let world = World::start().await;
    let on = date!(2020 - 01 - 01);
    let mut admin = world.actor("admin");
    admin.suspends(world.unit("CG-1"), on).await.expect("suspended");
    let (suspension, ..) = world.published().await.pop().expect("a change");
    let mut look = world.look().await;
    let held = moving(&mut look).await;

    // Nothing anywhere, and a right on another district only.
    for (subject, reason) in [("nobody", "PERMISSION_DENIED"), ("badinh", "ORGANISATION_UNKNOWN")] {
        let mut officer = world.actor(subject);
        let (mine, others) = (world.unit("HN-BD"), world.unit("CG-1"));
        assert_eq!(at_once(officer.hands_over(&[others], mine, on)).await, reason);
        assert_eq!(
            at_once(officer.hands_over(&[world.unit("BD-1"), others], mine, on)).await,
            reason
        );
        assert_eq!(at_once(officer.ends(vec![dissolved(others)], on)).await, reason);
        let unknown = if subject == "nobody" { reason } else { "ACT_UNKNOWN" };
        assert_eq!(at_once(officer.undoes(suspension)).await, unknown);
    }
    held.rollback().await.expect("given up");
}

#[tokio::test]
async fn acts_that_wait_for_somebody_who_moves_units_hold_up_nobody_who_reads() {
    let world = World::start().await;
    let mut look = world.look().await;
    let held = moving(&mut look).await;
    let mut acts = JoinSet::new();
    for n in 0..40 {
        // Half of them may move the unit; the others may do nothing.
        let mut actor = world.actor(if n % 2 == 0 { "hanoi" } else { "nobody" });
        let (unit, superior) = (world.unit("BD-1"), world.unit("HN-CG"));
        acts.spawn(async move { actor.hands_over(&[unit], superior, date!(2020 - 01 - 01)).await });
    }
    let mut watch = world.look().await;
    loop {
        let waiting: bool = sqlx::query_scalar(
            "select exists (select from pg_locks where locktype = 'advisory' and not granted
               and database = (select oid from pg_database where datname = current_database()))",
        )
        .fetch_one(&mut watch)
        .await
        .expect("looked");
        if waiting {
            break;
        }
        tokio::task::yield_now().await;
    }
    let mut reader = world.actor("reader");
    for _ in 0..50 {
        reader.reads(world.unit("BD-1"), None).await.expect("read");
    }
    held.rollback().await.expect("given up");
    let mut moved = 0;
    while let Some(answer) = acts.join_next().await {
        match answer.expect("ended") {
            Ok(()) => moved += 1,
            Err(refused) => assert!(
                [
                    "PERMISSION_DENIED",
                    "ALREADY_SUBORDINATE",
                    "LATER_ACT_KNOWN",
                    "OVERLOADED",
                    "CONFLICTING_ACT"
                ]
                .contains(&&*reason::<()>(Err(refused.clone()))),
                "{refused:?}"
            ),
        }
    }
    assert_eq!(moved, 1);
}
