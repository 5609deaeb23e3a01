//! A register that was restored from a backup goes on with another past: who has followed the lost one
//! comes back by a rebuild, with its own acts.

use proto::reporting::v1 as pb;
use sqlx::PgPool;
use time::macros::date;

use crate::rebuild::{DAYS, asked, derived, done};
use crate::targets::{assign, target};
use crate::world::World;

async fn halted(pool: &PgPool) -> Option<String> {
    sqlx::query_scalar("select halted from feed.follower where source = 'registry'")
        .fetch_one(pool)
        .await
        .expect("read")
}

#[tokio::test]
async fn whoever_followed_a_past_that_was_lost_comes_back_by_a_rebuild() {
    let world = World::start().await;
    let mut national = world.national();
    let [kept] = world.loads_unions(world.badinh, "NNN_CP", 1)[..] else { panic!("one") };
    world.admits(kept, date!(2020 - 03 - 01), 4);
    national.value("ORG_STOCK", world.confederation, DAYS, None).await;
    let backup = world.registry.position();

    // What happens now will be lost; an act of ours leans on it.
    let lost = world.founds(world.caugiay, "HC", "CĐCS đã mất", date!(2020 - 02 - 01));
    world.founds(world.caugiay, "HC", "CĐCS không ai nhắc đến", date!(2020 - 02 - 01));
    world.hands_over(&[kept], world.badinh, world.education, date!(2020 - 06 - 01));
    let year = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
    let assigned = pb::AssignTargetRequest {
        issuer_id: world.hanoi.to_string(),
        ..target("MBR_ADMITTED", lost, year, 30)
    };
    let assigned = assign(&mut national, assigned).await;
    assert_eq!(national.value("ORG_STOCK", world.confederation, DAYS, None).await, 3);

    world.registry.goes_back_to(backup);
    let pool = world.look().await;
    let why = loop {
        if let Some(why) = halted(&pool).await {
            break why;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(why.starts_with("FEED_DIVERGED"), "{why}");
    let anew = world.founds(world.hue, "HC", "CĐCS mới", date!(2020 - 02 - 01));
    for n in 0..6 {
        world.founds(world.hue, "HC", &format!("CĐCS mới {n}"), date!(2020 - 02 - 01));
    }

    let asked = asked(&world).await;
    let told = done(&world, &asked).await;
    let tables: Vec<&str> = told.differences.iter().map(|one| one.table).collect();
    for table in ["feed.applied", "change_seen", "organisation", "edge", "fact", "access.superior"]
    {
        assert!(tables.contains(&table), "{table} differs: {tables:?}");
    }
    // It follows on, and counts what is: what stands in its books of a union that is lost lies under
    // whom that was founded.
    world.admits(anew, date!(2020 - 03 - 01), 2);
    assert_eq!(national.value("ORG_STOCK", world.confederation, DAYS, None).await, 8);
    assert_eq!(national.value("MBR_STOCK", world.badinh, DAYS, None).await, 4);
    assert_eq!(national.value("MBR_STOCK", world.hue, DAYS, None).await, 2);
    assert_eq!(halted(&pool).await, None);
    let known: (bool, Option<uuid::Uuid>) = sqlx::query_as(
        "select never_existed, founded_under_id from organisation where organisation_id = $1",
    )
    .bind(lost)
    .fetch_one(&pool)
    .await
    .expect("it is still known");
    assert_eq!(known, (true, Some(world.caugiay)));
    let unnamed: i64 = sqlx::query_scalar(
        "select count(*) from organisation_name where name = 'CĐCS không ai nhắc đến'",
    )
    .fetch_one(&pool)
    .await
    .expect("counted");
    assert_eq!(unnamed, 0, "what nobody names is gone");
    let revisions: i64 =
        sqlx::query_scalar("select count(*) from target where target_id = $1::uuid")
            .bind(&assigned.target_id)
            .fetch_one(&pool)
            .await
            .expect("counted");
    assert_eq!(revisions, 1);
    // Whoever may see what it lay under may see it.
    let scope = "select exists (select from access.ending
                                where organisation_id = $1 and heir_id = $2)";
    let in_scope: bool = sqlx::query_scalar(scope)
        .bind(lost)
        .bind(world.caugiay)
        .fetch_one(&pool)
        .await
        .expect("asked");
    assert!(in_scope);

    // Another rebuild finds that all is as it is derived, but for what only our books name.
    let again = self::asked(&world).await;
    assert_eq!(done(&world, &again).await.differences, []);
    let beside = PgPool::connect(&again.beside_url).await.expect("connected");
    let (served, beside) = (derived(&pool).await, derived(&beside).await);
    let named: Vec<&String> = served.difference(&beside).collect();
    assert!(named.iter().all(|row| row.contains(&lost.to_string())), "{named:#?}");
    assert_eq!(beside.difference(&served).count(), 0);
    world.stop().await;
}
