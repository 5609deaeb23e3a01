//! Plans that are kept read no large table from end to end.
//!
//! Calls keep the plans of their statements, made once for whatever values come. So each
//! statement of each service is explained here on that plan, in a database in which every
//! table that grows with the country has 20,000 rows. A sequential scan of one of them is
//! right only where the whole of it is asked for; those are named below, with the reason.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chassis::cluster::testing::database;
use proto::services::{OWNERS, SERVICES};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use system::schema;

/// A table with more rows is large.
const LARGE: f32 = 10_000.0;

/// Statements that read the whole of a table on purpose: the service, how the statement goes
/// on somewhere, and the tables.
const WHOLE: &[(&str, &str, &[&str])] = &[
    // When a service starts, and once a minute: the index of names, and what is kept in memory.
    (
        "registry",
        "as \"is_code!\" from organisation_name",
        &["organisation_alias", "organisation_code", "organisation_name"],
    ),
    ("registry", "select count(*) as \"count!\" from organisation", &["organisation"]),
    // Versions of indicators: no more than a thousand are ever kept (INDICATORS_TOO_MANY).
    ("reporting", "from indicator_version order by code, version", &["indicator_version"]),
    ("reporting", "as \"known!\" from indicator_version", &["indicator_version"]),
    ("reporting", "founded_on, ended_on, heir_id, last_superior_id", &["organisation"]),
    ("reporting", "grassroots from organisation_type order by", &["organisation_type"]),
    ("reporting", "until_on from edge order by", &["edge"]),
    ("reporting", "counterpart_id, amount from fact", &["fact"]),
    ("reporting", "subject, amount from subject_fact", &["subject_fact"]),
];

/// What reads all that lies below an organisation, which may be the country, or all that
/// waits: that is gathered first, and the planner knows no number of it.
const GATHERED: &[(&str, &str)] = &[
    ("membership", "with recursive goes_on"),
    ("registry", "inherited($1"),
    ("registry", "subtree($1"),
    ("registry", "A page of those that had ended by $2"),
    ("registry", "contradicts itself on any date"),
    // An act that is undone may be a plan: the campaigns of all that it ended are looked through.
    ("registry", "The acts that rest on the act $1"),
    ("reporting", "audited_place($1"),
    ("reporting", "piece($1"),
    ("reporting", "piece(head.unit_id"),
    ("reporting", "unions_on(head.unit_id"),
    ("reporting", "place($1"),
    ("reporting", "place_as_of($1"),
    ("reporting", "unions_on($1"),
    ("reporting", "scope("),
];

#[tokio::test]
async fn no_kept_plan_reads_a_large_table_from_end_to_end() {
    let mut faults = Vec::new();
    let mut met = BTreeSet::new();
    let mut tried = 0;
    // The libraries' own statements run on what is there for those who follow.
    let follower = SERVICES.iter().find(|service| !service.follows.is_empty());
    let follower = follower.expect("somebody follows").name;
    for service in OWNERS {
        let libraries = ["feeds", "chassis"].into_iter().filter(|_| service == follower);
        let database = database(service, schema(service).expect("a schema")).await;
        let mut connection =
            PgConnection::connect(&database.superuser_url).await.expect("connected");
        connection.execute(include_str!("plans/fill.sql")).await.expect("filled");
        let large: BTreeSet<String> = sqlx::query_scalar(
            "select relname::text from pg_class where relkind = 'r' and reltuples > $1",
        )
        .bind(LARGE)
        .fetch_all(&mut connection)
        .await
        .expect("counted")
        .into_iter()
        .collect();
        assert!(large.len() > 3, "{service} is not filled: {large:?}");
        connection.execute("set plan_cache_mode = force_generic_plan").await.expect("set");
        for owner in [service].into_iter().chain(libraries) {
            let statements = statements_of(owner);
            assert!(!statements.is_empty(), "{owner} has no statements");
            tried += statements.len();
            for (statement, parameters) in statements {
                let read = read_from_end_to_end(&mut connection, &statement, parameters).await;
                let text = statement.split_whitespace().collect::<Vec<_>>().join(" ");
                for table in read.intersection(&large) {
                    if GATHERED.iter().any(|(of, part)| *of == owner && text.contains(part)) {
                        continue;
                    }
                    let whole = WHOLE.iter().position(|(of, part, tables)| {
                        *of == owner && text.contains(part) && tables.contains(&table.as_str())
                    });
                    match whole {
                        Some(n) => {
                            met.insert(n);
                        }
                        None => faults.push(format!("{owner}: {table} in {text}")),
                    }
                }
            }
        }
    }
    assert!(tried > 400, "only {tried} statements were explained");
    assert!(faults.is_empty(), "sequential scans of large tables:\n{}", faults.join("\n"));
    let never: Vec<_> = (0..WHOLE.len()).filter(|n| !met.contains(n)).map(|n| WHOLE[n]).collect();
    assert!(never.is_empty(), "these read nothing whole any more: {never:?}");
}

/// The statements that a crate was compiled with, and how many values each takes.
fn statements_of(owner: &str) -> Vec<(String, usize)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../services").join(owner);
    let mut statements = Vec::new();
    for file in std::fs::read_dir(folder.join(".sqlx")).expect("statements") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("read");
        let described: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let statement = described["query"].as_str().expect("a statement").to_owned();
        let parameters = described["describe"]["parameters"]["Left"].as_array().map_or(0, Vec::len);
        statements.push((statement, parameters));
    }
    statements.sort();
    statements
}

/// The tables that a statement's kept plan scans sequentially.
async fn read_from_end_to_end(
    connection: &mut PgConnection,
    statement: &str,
    parameters: usize,
) -> BTreeSet<String> {
    let statement = statement.trim_end().trim_end_matches(';');
    let values = vec!["null"; parameters].join(", ");
    let values = if parameters == 0 { String::new() } else { format!("({values})") };
    let prepare = format!("prepare explained as {statement}");
    let explain = format!("explain (costs off) execute explained{values}");
    let prepared = connection.execute(sqlx::raw_sql(AssertSqlSafe(prepare))).await;
    prepared.unwrap_or_else(|error| panic!("{error} in {statement}"));
    let plan = connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(explain))).await.expect("a plan");
    connection.execute("deallocate explained").await.expect("forgotten");
    plan.iter()
        .map(|row| row.get::<String, _>(0))
        .filter_map(|line| {
            let (_, after) = line.split_once("Seq Scan on ")?;
            Some(after.split_whitespace().next()?.to_owned())
        })
        .collect()
}
