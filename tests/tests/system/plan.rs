//! The plan of 2025-07-01 on the tree of provinces and districts: tried, done, taken back,
//! and followed whole.

use congdoan::plan;
use proto::membership::v1::CountMembersRequest;
use proto::registry::v1::{CreatePlanRequest, ListSubtreeRequest};
use scenarios::plan_of_2025;
use sqlx::PgPool;
use stage::made_up::{basis, on, people, request_id};
use tests::world::{World, line};
use time::Date;
use time::macros::date;
use uuid::Uuid;

const ON: Date = date!(2025 - 07 - 01);

/// A digest of the superiors that a service knows: at every date, or only on one.
async fn superiors(pool: &PgPool, table: &str, known: &str) -> String {
    let statement = format!(
        "select coalesce(md5(string_agg(edge::text, '' order by edge::text)), '')
         from (select organisation_id, superior_id, valid from {table} where {known}) edge"
    );
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(pool).await.expect("digested")
}

/// How many ended organisations a reader of membership or of reporting sees.
async fn ended(pool: &PgPool) -> i64 {
    // What never existed goes on, from the first of all days, where it had been founded.
    sqlx::query_scalar("select count(*) from access.ending where ended_on > '1900-01-01'")
        .fetch_one(pool)
        .await
        .expect("counted")
}

/// How many organisations reporting counts as ended, and how many places end or begin on the
/// plan's date: one picture of its tree.
async fn tree_of_reporting(pool: &PgPool) -> (i64, i64) {
    sqlx::query_as(
        "select (select count(*) from organisation where ended_on is not null),
                (select count(*) from edge where lower(valid) = $1 or upper(valid) = $1)",
    )
    .bind(ON)
    .fetch_one(pool)
    .await
    .expect("counted")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_of_2025_is_done_and_taken_back_and_nobody_ever_sees_half_of_it() {
    let world = World::start().await;
    let reference = scenarios::country::Reference::read().expect("the lists");
    let superiors_of_2025 = reference.superiors(&world.confederation.code);
    world.load(superiors_of_2025).await;
    // A union with members in a district that has a commune of its name, and a reader of it.
    let ba_dinh = "LDLD-01-001";
    let union = world.load(vec![line("BD-1", "CDCS", ba_dinh)]).await.remove(0);
    world.admit(&union, date!(2019 - 01 - 01), people(3)).await;
    world.settled().await;

    let client = world.administrator();
    let create = CreatePlanRequest {
        request_id: request_id(),
        organisation_id: world.confederation.id.clone(),
        name: "Sắp xếp 2025".to_owned(),
        basis: basis(ON),
        ..CreatePlanRequest::default()
    };
    let created = client.plans().create_plan(create).await.expect("created").into_inner();
    let plan_id = Uuid::parse_str(&created.plan_id).expect("an id");
    let steps = plan_of_2025::steps().expect("generated");
    let planned = steps.len();
    plan::send(&client, plan_id, steps).await.expect("added");

    let (registry, membership, reporting) =
        (world.pool("registry"), world.pool("membership"), world.pool("reporting"));
    let known = "upper_inf(recorded)";
    let before = superiors(registry, "organisation_parent", known).await;
    let before_there = superiors(membership, "access.superior", "true").await;
    let found = plan::dry_run(&client, plan_id).await.expect("tried");
    assert_eq!((found.conflicts, usize::try_from(found.steps).expect("a count")), (0, planned));
    let ending = i64::from(found.units_ended);
    assert!(ending > 696 + 29 - 1, "{found:?}");

    let committed = plan::commit(&client, plan_id).await.expect("committed");
    assert_eq!(committed.units_ended, found.units_ended);
    // Followers apply it whole: whoever looks meanwhile sees all of it or nothing.
    let mut trees_of_reporting = vec![tree_of_reporting(reporting).await];
    loop {
        let (there, counted) = (ended(membership).await, ended(reporting).await);
        for seen in [there, counted] {
            assert!([0, ending].contains(&seen), "half a plan: {seen}");
        }
        trees_of_reporting.push(tree_of_reporting(reporting).await);
        if there == ending && counted == ending {
            break;
        }
        tokio::task::yield_now().await;
    }
    trees_of_reporting.dedup();
    assert!(trees_of_reporting.len() <= 2, "half a plan: {trees_of_reporting:?}");
    // The answer of the operation was seen: a read right behind it sees the plan.
    let request = ListSubtreeRequest {
        organisation_id: world.confederation.id.clone(),
        as_of: on(ON),
        r#type: "LDLD_TINH".to_owned(),
        page_size: 500,
        ..ListSubtreeRequest::default()
    };
    let provinces = client.organisations().list_subtree(request).await.expect("read").into_inner();
    // Those of 2025, and the one that every world of tests has.
    assert_eq!(provinces.organisations.len(), 34 + 1);
    let count = || CountMembersRequest {
        organisation_ids: vec![union.id.clone()],
        as_of: on(date!(2025 - 08 - 01)),
        known_at: None,
    };
    let members = client.memberships().count_members(count()).await.expect("counted");
    assert_eq!(members.into_inner().counts[0].members, 3);

    let undone = plan::undo(&client, plan_id).await.expect("undone");
    assert!(undone.organisations >= committed.units_ended);
    assert_eq!(superiors(registry, "organisation_parent", known).await, before);
    world.settled().await;
    assert_eq!(superiors(membership, "access.superior", "true").await, before_there);
    for follower in [membership, reporting] {
        assert_eq!(ended(follower).await, 0);
    }
    assert_eq!(tree_of_reporting(reporting).await, (0, 0));
    let members = client.memberships().count_members(count()).await.expect("counted");
    assert_eq!(members.into_inner().counts[0].members, 3);
}
