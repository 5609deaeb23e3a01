//! While a rebuild runs everything is served, and followed; whoever reads has what was or what is, never a
//! part of each; and a rebuild that dies leaves nothing behind but work that is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reporting::rebuild::Outcome;
use time::macros::date;
use uuid::Uuid;

use crate::columns::Dice;
use crate::rebuild::{DAYS, asked, derived, done, months_that_differ, outcome};
use crate::world::{Actor, World, query};

/// More than everybody.
const TOO_MANY: i64 = 1_000_000;

/// Reads again and again until told to stop: the whole is the sum of its parts, and what was wrong is
/// wrong as a whole until it is right, and then stays right. Answers how often it was either.
async fn reads(mut reader: Actor, head: Uuid, stop: Arc<AtomicBool>) -> (usize, usize) {
    let (mut wrong, mut right) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        let answer = reader.figures.query_figures(query("MBR_STOCK", head, DAYS, None)).await;
        let figure = answer.expect("served").into_inner().figures.remove(0);
        let parts: i64 = figure.lines.iter().map(|line| line.value).sum();
        assert_eq!(figure.value, parts, "the whole is the sum of its parts");
        match figure.value / TOO_MANY {
            // Of two superiors, each had a million too many.
            2 => {
                assert_eq!(right, 0, "what was right is wrong again");
                wrong += 1;
            }
            0 => right += 1,
            other => panic!("{other} million: a part of what was and of what is"),
        }
    }
    (wrong, right)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_meanwhile_is_what_was_or_what_is_while_acts_arrive() {
    let world = Arc::new(World::start().await);
    let unions = [
        world.loads_unions(world.hanoi, "NNN_CP", 20),
        world.loads_unions(world.hue, "NNN_CP", 20),
    ]
    .concat();
    for union in &unions {
        world.admits(*union, date!(2020 - 03 - 01), 3);
    }
    let mut national = world.national();
    let expected = national.value("MBR_STOCK", world.confederation, DAYS, None).await;
    let pool = world.look().await;
    let corrupted = sqlx::query(
        "update fact set amount = amount + $2
         where code = 'MBR_ADMITTED' and sex = 1 and unit_id = any ($1)",
    )
    .bind(vec![unions[0], unions[25]])
    .bind(TOO_MANY)
    .execute(&pool)
    .await
    .expect("corrupted");
    assert_eq!(corrupted.rows_affected(), 2);
    // A process that begins now reads what is wrong, as one of before has not.
    let replica = world.replica_of(reporting::DEFAULTS).await;

    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let reader = Actor::from(replica.1.clone());
            tokio::spawn(reads(reader, world.confederation, stop.clone()))
        })
        .collect();
    let arriving = tokio::spawn({
        let (world, stop, unions) = (world.clone(), stop.clone(), unions.clone());
        async move {
            let mut admitted = 0;
            while !stop.load(Ordering::Relaxed) {
                let union = unions[admitted % unions.len()];
                world.admits(union, date!(2020 - 04 - 01), 1);
                if admitted % 7 == 0 {
                    world.founds(world.badinh, "NNN_CP", "CĐCS", date!(2020 - 05 - 01));
                }
                admitted += 1;
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            i64::try_from(admitted).expect("few")
        }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = asked(&world).await;
    let told = done(&world, &asked).await;
    // What is done is read by everybody from now on.
    let mut reader = Actor::from(replica.1.clone());
    assert!(reader.value("MBR_STOCK", world.confederation, DAYS, None).await < TOO_MANY);
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        let (wrong, right) = reader.await.expect("read");
        assert!(wrong > 0 && right > 0, "read {wrong} times before and {right} times after");
    }
    let admitted = arriving.await.expect("arrived");
    assert!(admitted > 20, "only {admitted} acts arrived");
    let tables: Vec<&str> = told.differences.iter().map(|one| one.table).collect();
    assert_eq!(tables, ["fact"], "the months were right");
    let value = national.value("MBR_STOCK", world.confederation, DAYS, None).await;
    assert_eq!(value, expected + admitted);
    assert_eq!(months_that_differ(&pool).await, 0);
    replica.0.stop().await.expect("stopped");
    Arc::into_inner(world).expect("nobody else").stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_dies_at_any_moment_is_begun_again_and_comes_to_the_same() {
    let seed = Uuid::new_v4().as_u64_pair().0;
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let world = Arc::new(World::start().await);
    let unions = world.loads_unions(world.hanoi, "NNN_CP", 50);
    for round in 0..20 {
        for union in &unions {
            world.admits(*union, date!(2020 - 03 - 01), 1 + round % 3);
        }
    }
    let mut national = world.national();
    let expected = national.figure("MBR_STOCK", world.confederation, DAYS, None).await;
    let pool = world.look().await;
    let as_derived = derived(&pool).await;
    let corrupted = sqlx::query("delete from fact where on_date = '2020-03-01' and sex = 1");
    assert!(corrupted.execute(&pool).await.expect("corrupted").rows_affected() > 500);

    let asked = Arc::new(asked(&world).await);
    let mut deaths = 0;
    let done = loop {
        let running = tokio::spawn({
            let (world, asked) = (world.clone(), asked.clone());
            async move { outcome(&world, &asked).await }
        });
        let until =
            Duration::from_millis(u64::try_from(dice.below(60 + 60 * deaths)).expect("few"));
        tokio::time::sleep(until).await;
        if !running.is_finished() && deaths < 12 {
            running.abort();
            let _ = running.await;
            deaths += 1;
            continue;
        }
        match running.await.expect("not aborted") {
            // PostgreSQL is a moment in learning that whoever held the lock is gone.
            Err(error) if format!("{error:#}").contains("another ") => {}
            // It died when all was done, and did not hear of it.
            Err(error) if format!("{error:#}").contains("is done already") => break true,
            outcome => break matches!(outcome.expect("rebuilt"), Outcome::Done(_)),
        }
    };
    assert!(deaths > 0, "seed {seed}: it never died");
    println!("died {deaths} times");
    assert!(done, "seed {seed}");
    assert_eq!(derived(&pool).await, as_derived, "seed {seed}");
    let figure = national.figure("MBR_STOCK", world.confederation, DAYS, None).await;
    assert_eq!((figure.value, figure.lines), (expected.value, expected.lines), "seed {seed}");
    Arc::into_inner(world).expect("nobody else").stop().await;
}
