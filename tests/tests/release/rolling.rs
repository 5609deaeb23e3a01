//! The programs of the last release, on a database that was upgraded before them: each of their
//! statements still means something there.

use std::collections::BTreeMap;

use chassis::cluster::testing::database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use system::{OWNERS, schema};
use tests::release;

#[tokio::test]
async fn every_statement_of_the_last_release_can_be_prepared_today() {
    let statements: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&release::read("statements.json.gz")).expect("statements");
    let mut found = Vec::new();
    let mut prepared = 0;
    for service in OWNERS.into_iter().filter(|service| release::had(service)) {
        let fresh = database(service, schema(service).expect("a schema")).await;
        // As the program does: not as whoever owns the tables.
        let mut connection = PgConnection::connect(&fresh.url).await.expect("connected");
        // The libraries' statements run on what is there for all; those that follow, where
        // somebody is followed.
        let mut own = statements[service].clone();
        if service == "membership" {
            let libraries = ["chassis", "feeds"].into_iter();
            own.extend(libraries.filter_map(|library| statements.get(library)).flatten().cloned());
        }
        for statement in own {
            let text = statement.trim_end().trim_end_matches(';');
            let prepare = AssertSqlSafe(format!("prepare kept as {text}"));
            match connection.execute(sqlx::raw_sql(prepare)).await {
                Ok(_) => {
                    prepared += 1;
                    connection.execute("deallocate kept").await.expect("forgotten");
                }
                Err(error) => found.push(format!("{service}: {error} in {statement}")),
            }
        }
    }
    assert!(prepared > 500 || !found.is_empty(), "only {prepared} statements were tried");
    assert!(
        found.is_empty(),
        "whoever still runs the last release is broken (docs/migrations.md: expand first, contract \
         in the release after the next):\n{}",
        found.join("\n\n")
    );
}
