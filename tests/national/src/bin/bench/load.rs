//! The whole tree with its history, by one stream through the gateway; and, as its
//! reference, `COPY` of the very rows that it made into tables with the very constraints.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chassis::database::migrate;
use futures_util::{StreamExt, stream};
use national::Unit;
use proto::registry::v1::LoadOrganisationsRequest;
use proto::registry::v1::load_organisations_request::{Header, Line, Lines as LoadLines, Part};
use sqlx::postgres::PgPoolCopyExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::country::Country;
use crate::lines::{Bar, Lines};

/// What a load writes, in the order in which references allow it.
pub const TABLES: [&str; 9] = [
    "organisation",
    "organisation_founding",
    "organisation_parent",
    "organisation_name",
    "organisation_code",
    "organisation_type",
    "organisation_sector",
    "organisation_status",
    "organisation_ending",
];
/// The database into which the rows are copied.
pub const COPIED: &str = "registry_copied";
/// Lines in one message.
const MESSAGE: usize = 1_000;

pub async fn measure(country: &Country, lines: &mut Lines) -> anyhow::Result<()> {
    let units: Vec<Unit> = country.tree.units().collect();
    let organisations = units.len();
    let loaded = units.into_iter().map(|unit| unit.line).collect();
    let took = send(country, loaded).await?;
    country.settle(lines).await?;
    country.analyze().await?;

    let (rows, copied) = copy(country).await?;
    let rate = rows as f64 / took;
    lines.add(
        "load",
        format!("{organisations} organisations with their history, {rows} rows"),
        (rate, "rows/s"),
        Some((rows as f64 / copied, "COPY of the same rows")),
        Bar::Ratio(0.5),
    );
    lines.add(
        "load",
        "the same, until it is answered",
        (took, "s"),
        Some((copied, "COPY")),
        Bar::Under(120.0),
    );
    Ok(())
}

/// Loads lines by one stream; answers how long it took, in seconds.
pub async fn send(country: &Country, loaded: Vec<Line>) -> anyhow::Result<f64> {
    let organisations = loaded.len();
    let header = Header { request_id: Uuid::now_v7().to_string(), ..Header::default() };
    let messages: Vec<Part> = loaded
        .chunks(MESSAGE)
        .map(|lines| Part::Lines(LoadLines { lines: lines.to_vec() }))
        .collect();
    drop(loaded);
    let parts = std::iter::once(Part::Header(header)).chain(messages);
    let requests = stream::iter(parts).map(|part| LoadOrganisationsRequest { part: Some(part) });
    let mut request = tonic::Request::new(requests);
    request.set_timeout(Duration::from_secs(600));

    let begun = Instant::now();
    let answer = country.client.organisations().load_organisations(request).await?;
    let took = begun.elapsed().as_secs_f64();
    let loaded = answer.into_inner().organisations;
    ensure!(
        usize::try_from(loaded) == Ok(organisations),
        "{loaded} of {organisations} were loaded"
    );
    Ok(took)
}

/// Copies what was loaded into a database of its own with the same schema; answers how many
/// rows, and how long it took.
async fn copy(country: &Country) -> anyhow::Result<(i64, f64)> {
    let cluster = country.system.cluster().context("the bench has its own PostgreSQL")?;
    chassis::cluster::provision(&cluster.superuser_url(), "registry", COPIED).await?;
    let url = cluster.url("registry_owner", COPIED);
    migrate(&url, &registry::SCHEMA).await?;
    let mut target = PgConnection::connect(&url).await?;
    // What rows refer to.
    pour(country, &mut target, "sector_rule", "true").await?;

    let mut all = Vec::new();
    let mut rows: i64 = 0;
    for table in TABLES {
        let columns = columns(country, table).await?;
        let content = take(country, table, &columns, "true").await?;
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&country.registry)
            .await?;
        rows += count;
        all.push((table, columns, content));
    }
    let begun = Instant::now();
    let mut transaction = target.begin().await?;
    for (table, columns, content) in all {
        let into = format!("copy {table} ({columns}) from stdin (format binary)");
        let mut copying = transaction.copy_in_raw(&into).await?;
        copying.send(content).await?;
        copying.finish().await?;
    }
    transaction.commit().await?;
    let took = begun.elapsed().as_secs_f64();
    target.close().await?;
    Ok((rows, took))
}

async fn pour(
    country: &Country,
    target: &mut PgConnection,
    table: &str,
    only: &str,
) -> anyhow::Result<()> {
    let columns = columns(country, table).await?;
    let content = take(country, table, &columns, only).await?;
    let mut copying =
        target.copy_in_raw(&format!("copy {table} ({columns}) from stdin (format binary)")).await?;
    copying.send(content).await?;
    copying.finish().await?;
    Ok(())
}

/// Columns that are not derived.
async fn columns(country: &Country, table: &str) -> anyhow::Result<String> {
    let columns: Vec<String> = sqlx::query_scalar(
        "select column_name::text from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'
         order by ordinal_position",
    )
    .bind(table)
    .fetch_all(&country.registry)
    .await?;
    Ok(columns.join(", "))
}

async fn take(
    country: &Country,
    table: &str,
    columns: &str,
    only: &str,
) -> anyhow::Result<Vec<u8>> {
    let from =
        format!("copy (select {columns} from {table} where {only}) to stdout (format binary)");
    let mut copying = country.registry.copy_out_raw(&from).await?;
    let mut content = Vec::new();
    while let Some(bytes) = copying.next().await {
        content.extend(bytes?);
    }
    Ok(content)
}
