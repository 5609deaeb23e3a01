//! What the schema itself keeps of dated rows, whoever writes them.

use sqlx::{Connection, PgConnection};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

/// Writes down that a unit has a sector from a day on.
async fn sector_from(
    connection: &mut PgConnection,
    unit: Uuid,
    from: Date,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
         values ($1, 'NNN_CP', daterange($2, null), tstzrange(now(), null), gen_random_uuid())",
    )
    .bind(unit)
    .bind(from)
    .execute(connection)
    .await
    .map(|_| ())
}

fn constraint(refused: Result<(), sqlx::Error>) -> String {
    let error = refused.expect_err("refused");
    let error = error.as_database_error().expect("by PostgreSQL");
    error.constraint().unwrap_or_else(|| panic!("{error}")).to_string()
}

/// A district, which has no sector, so that one can be written.
fn district(world: &World) -> Uuid {
    world.unit("HN-BD")
}

#[tokio::test]
async fn two_rows_of_one_attribute_do_not_hold_on_one_day() {
    let world = World::start().await;
    let mut connection = world.look().await;
    sector_from(&mut connection, district(&world), date!(2020 - 01 - 01)).await.expect("written");
    for from in [date!(2019 - 01 - 01), date!(2020 - 01 - 01), date!(2021 - 01 - 01)] {
        let refused = sector_from(&mut connection, district(&world), from).await;
        assert_eq!(constraint(refused), "organisation_sector_known", "from {from}");
    }
}

#[tokio::test]
async fn of_two_sessions_that_write_for_one_day_the_second_waits_and_is_refused() {
    let world = World::start().await;
    let (mut first, mut second) = (world.look().await, world.look().await);
    let mut looking_on = world.look().await;
    let unit = district(&world);
    let second_is: i32 =
        sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut second).await.expect("asked");
    let mut transaction = first.begin().await.expect("begun");
    sector_from(&mut transaction, unit, date!(2020 - 01 - 01)).await.expect("written");
    let late =
        tokio::spawn(async move { sector_from(&mut second, unit, date!(2021 - 01 - 01)).await });
    let mut waits = false;
    while !waits {
        waits = sqlx::query_scalar("select cardinality(pg_blocking_pids($1)) > 0")
            .bind(second_is)
            .fetch_one(&mut looking_on)
            .await
            .expect("asked");
    }
    transaction.commit().await.expect("committed");
    assert_eq!(constraint(late.await.expect("ran")), "organisation_sector_known");
}

/// It would not see what was written since it began.
#[tokio::test]
async fn a_session_that_looks_at_an_older_state_writes_no_dated_row() {
    let world = World::start().await;
    let mut connection = world.look().await;
    sqlx::query("set default_transaction_isolation = 'repeatable read'")
        .execute(&mut connection)
        .await
        .expect("set");
    let refused = sector_from(&mut connection, district(&world), date!(2020 - 01 - 01)).await;
    let error = refused.expect_err("refused");
    let code = error.as_database_error().and_then(|error| error.code()).map(String::from);
    assert_eq!(code.as_deref(), Some("25000"), "{error}");
}

#[tokio::test]
async fn a_row_names_organisations_only() {
    let world = World::start().await;
    let mut connection = world.look().await;
    let refused = sector_from(&mut connection, Uuid::now_v7(), date!(2020 - 01 - 01)).await;
    assert_eq!(constraint(refused), "organisation_sector_named");
    let nobody = sqlx::query(
        "insert into organisation_parent (organisation_id, superior_id, valid, recorded, act_id)
         values ($1, gen_random_uuid(), '[2020-01-01, 2020-01-02)', tstzrange(now(), null), $1)",
    )
    .bind(Uuid::now_v7())
    .execute(&mut connection)
    .await
    .map(|_| ());
    assert_eq!(constraint(nobody), "organisation_parent_named");
}

#[tokio::test]
async fn organisations_stay_and_rows_stay_with_them() {
    let world = World::start().await;
    // A code that is known no longer.
    let ended = world.actor("admin").ends(vec![dissolved(world.unit("CG-1"))], today()).await;
    ended.expect("ended");
    let mut connection = world.look().await;
    for statement in [
        "delete from organisation",
        "update organisation set organisation_id = gen_random_uuid()",
        "truncate organisation cascade",
        "update organisation_parent set superior_id = organisation_id",
        "update organisation_name set organisation_id = gen_random_uuid()",
        "update organisation_status set valid = '[2020-01-01, 2020-01-02)'",
        "with closed as (select ctid from organisation_code where not upper_inf(recorded))
         update organisation_code set recorded = tstzrange(lower(recorded), null), replaced_by = null
         where ctid in (select ctid from closed)",
    ] {
        let error = sqlx::query(statement).execute(&mut connection).await.expect_err(statement);
        let code = error.as_database_error().and_then(|error| error.code()).map(String::from);
        assert_eq!(code.as_deref(), Some("23001"), "{statement}: {error}");
    }
}

/// Columns that name an organisation and that `organisation_fact` does not read, each with the
/// reason: what an end or an undoing could contradict stands in that list, or here.
const NO_FACTS: [(&str, &str, &str); 20] = [
    ("organisation", "organisation_id", "the organisation itself"),
    ("organisation_founding", "organisation_id", "its life, which facts are compared with"),
    ("organisation_ending", "organisation_id", "its life, which facts are compared with"),
    ("organisation_ending", "last_superior_id", "as its last place says"),
    ("organisation_correction", "organisation_id", "tells of an act"),
    ("founding_route", "organisation_id", "has no day of its own"),
    ("appointment", "organisation_id", "its seats are offices"),
    ("body", "organisation_id", "its seats are offices"),
    ("decision_alias", "issuer_id", "as its decision says"),
    ("plan", "organisation_id", "a plan is nothing known"),
    ("plan_step", "founded_id", "a plan is nothing known"),
    ("plan_step_former", "founded_id", "a plan is nothing known"),
    ("plan_effect", "organisation_id", "a plan is nothing known"),
    ("plan_effect", "superior_id", "a plan is nothing known"),
    ("plan_effect", "from_superior_id", "a plan is nothing known"),
    ("plan_effect", "successor_id", "a plan is nothing known"),
    ("plan_effect", "rehome_to_id", "a plan is nothing known"),
    ("plan_count", "province_id", "a plan is nothing known"),
    ("campaign_stage_known", "union_id", "the view itself"),
    ("organisation_fact", "organisation_id", "the view itself"),
];

#[tokio::test]
async fn whatever_names_an_organisation_is_a_fact_about_it_or_says_why_not() {
    let world = World::start().await;
    let named: Vec<(String, String)> = sqlx::query_as(
        "select relname::text, attname::text
         from pg_attribute
         join pg_class on pg_class.oid = attrelid
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
           and atttypid = 'uuid'::regtype and attnum > 0 and not attisdropped
           and attname in ('organisation_id', 'superior_id', 'from_superior_id',
                           'last_superior_id', 'successor_id', 'predecessor_id',
                           'principal_successor_id', 'rehome_to_id', 'unit_id', 'union_id',
                           'director_id', 'host_id', 'surveyor_id', 'issuer_id', 'province_id',
                           'founded_id')
           and not exists (
               select from information_schema.view_column_usage used
               where used.view_name in ('organisation_fact', 'campaign_stage_known')
                 and used.table_name = relname and used.column_name = attname)
         order by 1, 2",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    let forgotten: Vec<_> = named
        .iter()
        .filter(|(table, column)| {
            !NO_FACTS.iter().any(|(excused, of, _)| excused == table && of == column)
        })
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
    // And every foreign key on organisations has one of these names.
    let strange: Vec<String> = sqlx::query_scalar(
        "select conrelid::regclass || '.' || attname
         from pg_constraint
         join pg_attribute on attrelid = conrelid and attnum = conkey[1]
         where contype = 'f' and confrelid = 'organisation'::regclass
           and not (conrelid::regclass::text, attname::text) in (
               select table_name, column_name from information_schema.view_column_usage
               where view_name in ('organisation_fact', 'campaign_stage_known'))
         order by 1",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    let strange: Vec<_> = strange
        .iter()
        .filter(|key| {
            !NO_FACTS.iter().any(|(table, column, _)| **key == format!("{table}.{column}"))
        })
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}
