//! Of a file that has changed, against a real database: what this service starts with.

use std::time::Duration;

use chassis::cluster::testing::database;
use sqlx::{Connection, PgPool};

use crate::ground::reference::*;

/// A type of organisation that is closed: districts end a day earlier than was said.
static CLOSED: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let types = list("ORGANISATION_TYPES").expect("a list").file;
    let line = types.lines().find(|line| line.starts_with("LDLD_HUYEN,")).expect("districts");
    assert!(line.contains("2025-06-30"), "{line}");
    let union = types.lines().find(|line| line.starts_with("CDCS,")).expect("unions");
    types
        .replace(line, &line.replace("2025-06-30", "2025-06-29"))
        .replace(union, &union.replacen("Công đoàn cơ sở", "Công đoàn cơ sở mới", 1))
});

async fn pool() -> PgPool {
    let database = database("registry", &crate::SCHEMA).await;
    PgPool::connect(&database.url).await.expect("connected")
}

fn changed(list: &List) -> &'static str {
    if list.name == "ORGANISATION_TYPES" { &CLOSED } else { list.file }
}

async fn texts(pool: &PgPool, statement: &'static str) -> Vec<String> {
    sqlx::query_scalar(statement).fetch_all(pool).await.expect("read")
}

const DISTRICTS: &str = "select name_vi || ' ' || valid from organisation_type_rule
                         where type in ('LDLD_HUYEN', 'CDCS') order by type";

#[tokio::test]
async fn a_service_with_a_changed_rule_starts_and_keeps_what_was_said() {
    let pool = pool().await;
    bring_up_to_date(&pool).await.expect("started");
    let before = texts(&pool, DISTRICTS).await;
    assert!(before[1].ends_with("(,2025-07-01)"), "{before:?}");

    bring(&pool, changed).await.expect("started with the changed file");
    let after = texts(&pool, DISTRICTS).await;
    assert!(after[0].starts_with("Công đoàn cơ sở mới"), "{after:?}");
    assert!(after[1].ends_with("(,2025-06-30)"), "{after:?}");
    // Who stands under districts does so a day less, too.
    let below =
        "select distinct valid::text from superior_type_rule where superior_type = 'LDLD_HUYEN'
                 order by 1";
    assert_eq!(texts(&pool, below).await, ["(,2025-06-30)"]);
    let former = "select former ->> 'type' from reference_former
                  where relation = 'organisation_type_rule' order by 1";
    assert_eq!(texts(&pool, former).await, ["CDCS", "LDLD_HUYEN"]);

    // Again, nothing happens; and a program of before that starts again puts nothing back.
    let versions = "select list || ' ' || version_id from reference_version order by 1";
    let applied = texts(&pool, versions).await;
    assert_eq!(applied.len(), LISTS.len() + 1);
    bring(&pool, changed).await.expect("started again");
    bring_up_to_date(&pool).await.expect("the program of before starts");
    assert_eq!(texts(&pool, DISTRICTS).await, after);
    assert_eq!(texts(&pool, versions).await, applied);

    // So it starts while somebody else writes reference data: it neither waits nor compares.
    let mut writing = pool.begin().await.expect("begun");
    lock(&mut writing).await.expect("locked");
    let starts = tokio::time::timeout(Duration::from_secs(30), bring_up_to_date(&pool));
    starts.await.expect("waits for nobody").expect("started");
}

#[tokio::test]
async fn what_is_said_of_a_code_changes_and_no_code_goes() {
    let pool = pool().await;
    bring_up_to_date(&pool).await.expect("started");
    let mut db = pool.acquire().await.expect("connected");
    let on = time::macros::date!(2030 - 01 - 01);
    let stages = list("CAMPAIGN_STAGES").expect("a list");
    let before = texts(&pool, "select stage from campaign_stage_rule order by stage_order").await;
    // The first two change places and one of them its name; the others are not mentioned.
    let csv = format!("code,stage_order,name_vi\n{},2,Tên mới\n{},1,Hai\n", before[0], before[1]);
    let version = Version { effective_on: on, loaded: None };
    let mut transaction = db.begin().await.expect("begun");
    let applied = apply(&mut transaction, stages, csv.as_bytes(), version).await.expect("applied");
    assert_eq!(applied, Ok(Applied { added: 0, ended: 0, changed: 2 }));
    let again = apply(&mut transaction, stages, csv.as_bytes(), version).await.expect("applied");
    assert_eq!(again, Ok(Applied::default()));
    transaction.commit().await.expect("committed");
    let after = texts(&pool, "select stage from campaign_stage_rule order by stage_order").await;
    assert_eq!((&after[0], &after[1]), (&before[1], &before[0]));
    assert_eq!(after[2..], before[2..]);
    let until =
        "select until_on::text from reference_former where relation = 'campaign_stage_rule'";
    assert_eq!(texts(&pool, until).await, ["2030-01-01", "2030-01-01"]);
}
