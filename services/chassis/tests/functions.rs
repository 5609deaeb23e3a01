//! Functions are what their files say, whatever the database was given before.

use chassis::cluster::testing::database;
use chassis::database::{Function, Schema, migrate};
use sqlx::{Connection, Executor, PgConnection};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("tests/feed/migrations");

/// It names the one that comes after it.
const TWICE: Function = Function {
    name: "twice",
    text: "create or replace function twice(given integer) returns integer
           language sql stable return plus(given, given);",
};
const PLUS: Function = Function {
    name: "plus",
    text: "create or replace function plus(one integer, another integer) returns integer
           language sql stable return one + another;",
};
const PLUS_ONE: Function = Function {
    name: "plus",
    text: "create or replace function plus(one integer, another integer) returns integer
           language sql stable return one + another + 1;",
};

fn schema(functions: &'static [Function]) -> Schema {
    Schema { migrations: &MIGRATIONS, functions }
}

/// What twice 20 is, and when the functions were applied.
async fn look(db: &mut PgConnection) -> (i32, time::OffsetDateTime) {
    let doubled = sqlx::query_scalar("select twice(20)").fetch_one(&mut *db).await;
    let applied = "select max(applied_at) from function_applied";
    let applied = sqlx::query_scalar(applied).fetch_one(db).await;
    (doubled.expect("doubled"), applied.expect("applied"))
}

#[tokio::test]
async fn a_function_is_applied_again_when_its_text_has_changed() {
    let first = schema(&[TWICE, PLUS]);
    let database = database("chassis", &first).await;
    let mut owner = PgConnection::connect(&database.owner_url).await.expect("connected");
    let (doubled, applied) = look(&mut owner).await;
    assert_eq!(doubled, 40, "made in the order in which they can be");

    migrate(&database.owner_url, &first).await.expect("migrated again");
    assert_eq!(look(&mut owner).await, (40, applied), "nothing has changed, nothing is done");

    // Also for whoever has called it before, and is connected still.
    migrate(&database.owner_url, &schema(&[TWICE, PLUS_ONE])).await.expect("migrated");
    let (doubled, again) = look(&mut owner).await;
    assert_eq!(doubled, 41);
    assert!(again > applied);

    // One that is no longer among the files is the next migration's to drop.
    migrate(&database.owner_url, &schema(&[PLUS])).await.expect("migrated");
    assert_eq!(look(&mut owner).await.0, 40);
    let known: Vec<String> =
        sqlx::query_scalar("select name from function_applied where name in ('plus', 'twice')")
            .fetch_all(&mut owner)
            .await
            .expect("read");
    assert_eq!(known, ["plus"]);
}

#[tokio::test]
async fn a_function_that_a_migration_dropped_is_made_again() {
    let all = schema(&[TWICE, PLUS]);
    let database = database("chassis", &all).await;
    let mut owner = PgConnection::connect(&database.owner_url).await.expect("connected");
    owner.execute("drop function twice(integer)").await.expect("dropped");
    owner
        .execute("update _sqlx_migrations set installed_on = clock_timestamp()")
        .await
        .expect("set");
    migrate(&database.owner_url, &all).await.expect("migrated");
    assert_eq!(look(&mut owner).await.0, 40);
}

#[tokio::test]
async fn functions_are_applied_all_or_not_at_all() {
    const BROKEN: Function = Function {
        name: "broken",
        text: "create or replace function broken() returns integer
               language sql stable return nobody_knows(1);",
    };
    let first = schema(&[TWICE, PLUS]);
    let database = database("chassis", &first).await;
    let mut owner = PgConnection::connect(&database.owner_url).await.expect("connected");
    let refused = migrate(&database.owner_url, &schema(&[PLUS_ONE, BROKEN])).await;
    let refused = format!("{:#}", refused.expect_err("it names what is not there"));
    assert!(refused.contains("make broken") && refused.contains("nobody_knows"), "{refused}");
    assert_eq!(look(&mut owner).await.0, 40, "as before");
}
