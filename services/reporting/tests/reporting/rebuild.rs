//! What is derived anew from the feeds is what was followed as it came; and what was not as it is
//! derived is mended, and told row by row.

use std::collections::BTreeSet;

use chassis::cluster::testing::database;
use reporting::rebuild::{self, Asked, DERIVED, Difference, Done, Outcome, kept};
use sqlx::{AssertSqlSafe, PgPool};
use time::Date;
use time::macros::date;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::listed_history::Told;
use crate::world::World;

pub(crate) const DAYS: (Date, Date) = (date!(2019 - 01 - 01), date!(2024 - 12 - 31));
const STEPS: usize = 150;

/// A rebuild of a world's, in a database of its own.
pub(crate) async fn asked(world: &World) -> Asked {
    let beside = database("reporting", &reporting::SCHEMA).await;
    Asked {
        served_url: world.owner_url(),
        beside_url: beside.owner_url,
        begun_by: "tests".to_string(),
        reason: "a test".to_string(),
    }
}

pub(crate) async fn outcome(world: &World, asked: &Asked) -> anyhow::Result<Outcome> {
    rebuild::run(&world.config(), asked, &mut |_| {}, &CancellationToken::new()).await
}

pub(crate) async fn done(world: &World, asked: &Asked) -> Done {
    match outcome(world, asked).await.expect("rebuilt") {
        Outcome::Done(done) => done,
        other => panic!("it is not done: {other:?}"),
    }
}

/// All that is derived, row by row.
pub(crate) async fn derived(pool: &PgPool) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let further = ["membership_told", "tree_known"].map(|name| (name, "true", Vec::new()));
    let tables = DERIVED.iter().map(|table| (table.name, table.derived, table.apart.to_vec()));
    for (name, derived, apart) in tables.chain(further) {
        let statement = format!(
            "select '{name} ' || (row_number() over (partition by says))::text || says
             from (select (to_jsonb(t) - '{{{}}}'::text[])::text as says from {name} t where {derived}) t",
            apart.join(",")
        );
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(pool).await.expect("read");
        all.extend(rows);
    }
    all
}

/// How many months are not what their facts come to.
pub(crate) async fn months_that_differ(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*)
         from (select unit_id, code, date_trunc('month', on_date)::date as month, reason, sex,
                      counterpart_id, sum(amount) as amount
               from fact group by 1, 2, 3, 4, 5, 6) told
         full join unit_month held using (unit_id, code, month, reason, sex, counterpart_id)
         where coalesce(told.amount, 0) <> coalesce(held.amount, 0)",
    )
    .fetch_one(pool)
    .await
    .expect("counted")
}

#[tokio::test]
async fn what_arrives_together_comes_to_what_it_came_to_one_by_one() {
    let seed = Uuid::new_v4().as_u64_pair().0;
    println!("seed {seed}");
    let world = World::start().await;
    let mut told = Told::begin(&world, seed);
    let mut national = world.national();
    for _ in 0..STEPS {
        told.step(&world).await;
        // Answered once what happened is followed: the next comes by itself.
        national.value("MBR_STOCK", world.confederation, DAYS, None).await;
    }
    let pool = world.look().await;
    let followed = derived(&pool).await;
    let own = "select count(*) from fact where change_id in (select act_id from feed.stream)";
    let own_facts: i64 = sqlx::query_scalar(own).fetch_one(&pool).await.expect("counted");
    assert!(own_facts > 0 && followed.len() > 300, "seed {seed}: {} rows", followed.len());
    for table in ["edge_past", "office_told", "employer_told", "person_merge_told", "subject_fact"]
    {
        let some = followed.iter().any(|row| row.starts_with(&format!("{table} ")));
        assert!(some, "seed {seed}: nothing of {table}");
    }

    let asked = asked(&world).await;
    let done = done(&world, &asked).await;
    assert_eq!(done.differences, [], "seed {seed}");
    let beside = PgPool::connect(&asked.beside_url).await.expect("connected");
    let anew = derived(&beside).await;
    let unlike: Vec<&String> = followed.symmetric_difference(&anew).collect();
    assert!(unlike.is_empty(), "seed {seed}: {unlike:#?}");
    assert_eq!(derived(&pool).await, followed, "seed {seed}");
    let kept_facts: i64 = sqlx::query_scalar(own).fetch_one(&pool).await.expect("counted");
    assert_eq!((kept_facts, months_that_differ(&pool).await), (own_facts, 0), "seed {seed}");
    world.stop().await;
}

#[tokio::test]
async fn rows_that_are_not_as_they_are_derived_are_mended_and_no_others() {
    let world = World::start().await;
    let mut national = world.national();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    let other = world.founds(world.caugiay, "HC", "CĐCS", date!(2020 - 02 - 01));
    for (n, union) in unions.iter().chain([&other]).enumerate() {
        world.admits(*union, date!(2020 - 03 - 01), 5 + n);
    }
    let figure = national.figure("MBR_STOCK", world.confederation, DAYS, None).await;
    assert_eq!(figure.value, 26);
    let pool = world.look().await;
    let as_derived = derived(&pool).await;

    for (statement, rows) in [
        (
            "update fact set amount = amount + 1000 where code = 'MBR_ADMITTED' and sex = 1
          and unit_id = (select unit_id from fact where code = 'ORG_FOUNDED')",
            1,
        ),
        ("insert into fact select * from fact where code = 'ORG_FOUNDED'", 1),
        ("delete from fact where code = 'ORG_LOADED'", 3),
        ("update unit_month set amount = 7 where code = 'ORG_FOUNDED'", 1),
        ("delete from access.grant_held where subject = 'officer'", 1),
        ("update organisation set founded_on = '2011-01-01' where type = 'CDCS' and loaded", 3),
        ("delete from organisation_name where name = 'CĐCS'", 1),
        (
            "insert into suspension (organisation_id, valid, change_id)
          select organisation_id, daterange('2021-01-01', null), founding_change_id
          from organisation where type = 'TLD'",
            1,
        ),
        (
            "delete from membership where membership_id =
          (select membership_id from membership order by membership_id limit 1)",
            1,
        ),
        ("update change_seen set kind = 'registry.nothing' where kind like '%founded'", 1),
    ] {
        let done = sqlx::query(statement).execute(&pool).await.expect("corrupted");
        assert_eq!(done.rows_affected(), rows, "{statement}");
    }

    let asked = asked(&world).await;
    let told = done(&world, &asked).await;
    let mut differences = told.differences.clone();
    differences.sort_by_key(|difference| difference.table);
    let of = |table, missing, surplus, otherwise| Difference { table, missing, surplus, otherwise };
    // Rows without a key that say something else are one too many and one that is missing.
    let expected = [
        of("access.grant_held", 1, 0, 0),
        of("change_seen", 0, 0, 1),
        of("fact", 4, 2, 0),
        of("membership", 1, 0, 0),
        of("organisation", 0, 0, 3),
        of("organisation_name", 1, 0, 0),
        // What stood there before was known until it was said otherwise.
        of("organisation_past", 0, 3, 0),
        of("suspension", 0, 1, 0),
        // Its facts were right but for that one, which came twice.
        of("unit_month", 0, 0, 1),
    ];
    assert_eq!(differences, expected);
    assert_eq!(derived(&pool).await, as_derived);
    assert_eq!(months_that_differ(&pool).await, 0);
    let counted = kept::counted(&pool, told.rebuild_id).await.expect("read");
    let counted: Vec<(String, i64, i64)> =
        counted.into_iter().map(|one| (one.code, one.facts, one.amount)).collect();
    let expected = [("MBR_ADMITTED", 2, -1000), ("ORG_FOUNDED", 1, -1), ("ORG_LOADED", 3, 3)];
    let expected: Vec<(String, i64, i64)> = expected
        .into_iter()
        .map(|(code, facts, amount)| (code.to_string(), facts, amount))
        .collect();
    assert_eq!(counted, expected);
    let again = national.figure("MBR_STOCK", world.confederation, DAYS, None).await;
    assert_eq!((again.value, again.lines), (figure.value, figure.lines));

    // It is kept who began it and why, and what was found; and the next one finds nothing.
    let last = kept::last(&pool, 10).await.expect("read").remove(0);
    assert_eq!((last.begun_by.as_str(), last.reason.as_str()), ("tests", "a test"));
    assert_eq!((last.state.as_str(), last.generation), ("DONE", Some(1)));
    assert_eq!(kept::differed(&pool, told.rebuild_id).await.expect("read").len(), 9);
    let next = self::asked(&world).await;
    assert_eq!(done(&world, &next).await.differences, []);

    // Whoever did not hear that it was done, and begins again, hears it then.
    let told = loop {
        let told = format!("{:#}", outcome(&world, &asked).await.expect_err("refused"));
        // PostgreSQL is a moment in learning that the last one has let go.
        if !told.contains("another ") {
            break told;
        }
    };
    assert!(told.contains("is done already"), "{told}");
    world.stop().await;
}

#[tokio::test]
async fn a_rebuild_is_one_at_a_time_beside_an_empty_database_and_may_be_cancelled() {
    let world = World::start().await;
    world.national().value("ORG_STOCK", world.confederation, DAYS, None).await;
    let good = asked(&world).await;
    let hindered =
        |outcome: anyhow::Result<Outcome>| format!("{:#}", outcome.expect_err("refused"));

    let itself = Asked { beside_url: world.owner_url(), ..good.clone() };
    let told = hindered(outcome(&world, &itself).await);
    assert!(told.contains("is the one that is served"), "{told}");
    let another = World::start().await;
    another.national().value("ORG_STOCK", another.confederation, DAYS, None).await;
    let full = Asked { beside_url: another.owner_url(), ..good.clone() };
    let told = hindered(outcome(&world, &full).await);
    assert!(told.contains("is not empty"), "{told}");
    another.stop().await;
    let pool = world.look().await;
    let last = kept::last(&pool, 10).await.expect("read");
    assert_eq!((last.len(), last[0].attempts, last[0].state.as_str()), (1, 2, "RUNNING"));
    assert!(last[0].hindrance.as_deref().is_some_and(|why| why.contains("is not empty")));

    let mut holder = pool.acquire().await.expect("connected");
    let lock = "select pg_advisory_lock(classid::bigint << 32 | objid::bigint) from
                (select x'64726562'::bigint as classid, x'75696c64'::bigint as objid) key";
    sqlx::query(lock).execute(&mut *holder).await.expect("held");
    let told = hindered(outcome(&world, &good).await);
    assert!(told.contains("another process rebuilds"), "{told}");
    holder.close().await.expect("closed");

    let cancelled = kept::cancel(&pool, "somebody").await.expect("cancelled");
    assert_eq!(cancelled, Some(last[0].rebuild_id));
    assert_eq!(kept::cancel(&pool, "somebody").await.expect("asked"), None);
    assert_eq!(done(&world, &good).await.generation, 1);
    let all = kept::last(&pool, 10).await.expect("read");
    let states: Vec<&str> = all.iter().map(|one| one.state.as_str()).collect();
    assert_eq!(states, ["DONE", "CANCELLED"]);
    world.stop().await;
}

#[tokio::test]
async fn every_table_is_derived_or_is_known_not_to_be() {
    // What this service was told itself, how far it has followed, and what follows from the program.
    const OTHERS: [&str; 37] = [
        "_sqlx_migrations",
        "access.role_permission",
        "act.request",
        "activity",
        "activity_past",
        "closing",
        "closing_cell",
        "feed.follower",
        "feed.head",
        "feed.pending",
        "feed.skipped",
        "feed.stream",
        "figure_audit",
        "figure_audit_difference",
        "figure_audit_result",
        "function_applied",
        "indicator_version",
        "periodic_report",
        "periodic_report_consumed",
        "periodic_report_form",
        "periodic_report_opening",
        "periodic_report_step",
        "rating",
        "rating_of_round",
        "rating_rules_told",
        "rating_round",
        "rating_scheme",
        "rating_step",
        "rebuild",
        "rebuild_counted",
        "rebuild_difference",
        "rebuild_fact",
        "rebuild_generation",
        "rebuild_unit",
        "report_printing",
        "report_printing_file",
        "report_template",
    ];
    const FURTHER: [&str; 6] =
        ["membership_told", "target", "target_withdrawal", "tree_known", "unit_month", "unit_told"];
    let database = database("reporting", &reporting::SCHEMA).await;
    let pool = PgPool::connect(&database.superuser_url).await.expect("connected");
    let tables: Vec<String> = sqlx::query_scalar(
        "select case schemaname when 'public' then tablename else schemaname || '.' || tablename end
         from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&pool)
    .await
    .expect("read");
    let known: BTreeSet<&str> =
        DERIVED.iter().map(|table| table.name).chain(OTHERS).chain(FURTHER).collect();
    let tables: BTreeSet<&str> = tables.iter().map(String::as_str).collect();
    let unknown: Vec<_> = tables.symmetric_difference(&known).collect();
    assert!(unknown.is_empty(), "derived (rebuild/tables.rs), or named here: {unknown:?}");
}
