//! A session that began with almost nothing writes much as a fresh one does.
//!
//! What looks at the rows of a whole statement keeps its plan for the session. One that was made
//! for a row or two must not become a way of comparing each row with each: 6,000 rows would be
//! 36 million looks at each table instead of 6,000.

use chassis::cluster::testing::database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Rows of a large statement.
const MANY: i32 = 6_000;

/// Inserts organisations with all that is known of each, one statement for each table; answers
/// how many pages of tables and indexes were looked at.
async fn insert(connection: &mut PgConnection, from: i32, count: i32) -> i64 {
    let unit = "md5('unit' || n)::uuid";
    let above = "md5('unit0')::uuid";
    let statements = [
        format!("insert into organisation select {unit}, {unit}, now() from rows"),
        format!(
            "insert into organisation_founding
                 (organisation_id, founded_on, origin, recorded, act_id)
             select {unit}, date '2001-01-01', 'LOADED', tstzrange(now(), null), {unit} from rows"
        ),
        format!(
            "insert into organisation_parent
                 (organisation_id, superior_id, valid, recorded, act_id)
             select {unit}, {above}, daterange(date '2001-01-01', null), tstzrange(now(), null),
                    {unit}
             from rows where n > 0"
        ),
        format!(
            "insert into organisation_name
                 (organisation_id, name, short_name, valid, recorded, act_id)
             select {unit}, 'name ' || n, '', daterange(date '2001-01-01', null),
                    tstzrange(now(), null), {unit} from rows"
        ),
        format!(
            "insert into organisation_code (organisation_id, code, valid, recorded, act_id)
             select {unit}, 'code ' || n, daterange(date '2001-01-01', null),
                    tstzrange(now(), null), {unit} from rows"
        ),
        format!(
            "insert into organisation_type (organisation_id, type, valid, recorded, act_id)
             select {unit}, 'CDCS', daterange(date '2001-01-01', null), tstzrange(now(), null),
                    {unit} from rows"
        ),
        format!(
            "insert into organisation_status (organisation_id, status, valid, recorded, act_id)
             select {unit}, 'ACTIVE', daterange(date '2001-01-01', null),
                    tstzrange(now(), null), {unit} from rows"
        ),
        format!(
            "insert into organisation_ending
                 (organisation_id, ended_on, kind, last_superior_id, members_outcome, recorded,
                  act_id)
             select {unit}, date '2020-01-01', 'DISSOLVED', {above}, 'TO_SUPERIOR',
                    tstzrange(now(), null), {unit}
             from rows where n > 0"
        ),
    ];
    let before = looked_at(connection).await;
    for statement in statements {
        let rows = format!("from generate_series({from}, {}) n", from + count - 1);
        let statement = statement.replace("from rows", &rows);
        connection.execute(AssertSqlSafe(statement)).await.expect("inserted");
    }
    looked_at(connection).await - before
}

/// So many pages this database's sessions have looked at, in memory or on disk.
async fn looked_at(connection: &mut PgConnection) -> i64 {
    connection.execute("select pg_stat_force_next_flush()").await.expect("flushed");
    sqlx::query_scalar(
        "select sum(heap_blks_hit + heap_blks_read
                    + coalesce(idx_blks_hit + idx_blks_read, 0))::bigint
         from pg_statio_user_tables",
    )
    .fetch_one(connection)
    .await
    .expect("counted")
}

async fn session() -> PgConnection {
    let database = database("registry", &registry::SCHEMA).await;
    PgConnection::connect(&database.superuser_url).await.expect("connected")
}

#[tokio::test]
async fn a_session_that_began_with_little_writes_much_as_a_fresh_one_does() {
    // A session of its own for the organisation above all others: plans are the session's.
    let mut fresh = session().await;
    insert(&mut fresh, 0, 1).await;
    fresh.execute("discard plans").await.expect("forgotten");
    let usual = insert(&mut fresh, 1, MANY).await;

    let mut aged = session().await;
    for n in 0..10 {
        insert(&mut aged, n, 1).await;
    }
    // As autovacuum would, a minute after.
    aged.execute("analyze").await.expect("analysed");
    for n in 10..20 {
        insert(&mut aged, n, 1).await;
    }
    let looked_at = insert(&mut aged, 20, MANY).await;
    println!("{looked_at} pages looked at, {usual} by a fresh session");
    // Comparing each with each looks at the pages of a whole index for each row.
    assert!(looked_at < usual * 2, "{looked_at} pages looked at instead of {usual}");
}
