//! The country's members, taken in by imports through the gateway; and, as its reference, `COPY`
//! of the very rows that it made into tables with the very indexes and rules. Then single
//! admissions by eight clients, beside what PostgreSQL itself acknowledges to eight.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chassis::database::migrate;
use chassis::parse::civil;
use futures_util::{StreamExt, stream};
use national::{Member, RESTRUCTURED_ON};
use proto::membership::v1::import_members_request::{Header, Lines as ImportLines, Part};
use proto::membership::v1::{
    AdmissionKind, AdmitMembersRequest, Import, ImportLine, ImportMembersRequest, PersonLine, Sex,
};
use sqlx::postgres::PgPoolCopyExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use system::Client;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::country::{ADMINISTRATOR, Country, pool};
use crate::lines::{Bar, Lines};
use crate::names;
use crate::rehome;

/// What an import writes, in the order in which rules allow it.
const TABLES: [&str; 5] = ["person", "person_identity", "person_contact", "movement", "membership"];
/// The database into which the rows are copied.
const COPIED: &str = "membership_copied";
/// Lines in one message.
const MESSAGE: usize = 1_000;
/// An import takes so many streams, each of which is answered when its people are taken in: by
/// that the rate at its end is held against the one at its beginning ...
const STREAMS: u64 = 10;
/// ... and the client makes up so many people at a time, at most.
const STREAM_MAX: usize = 100_000;
/// So many people are copied for the reference.
const REFERENCE: i64 = 1_000_000;
const CLIENTS: usize = 8;
const TURN: Duration = Duration::from_secs(4);

pub async fn measure(country: &Country, people: u64, lines: &mut Lines) -> anyhow::Result<()> {
    let membership = &country.system.database("membership").context("a database")?.owner_url;
    let membership = pool(membership).await?;
    import(country, &membership, people, lines).await?;
    names::measure(country, &membership, people, lines).await?;
    single(country, lines).await?;
    rehome::measure(country, &membership, lines).await?;
    membership.close().await;
    Ok(())
}

async fn import(
    country: &Country,
    membership: &PgPool,
    people: u64,
    lines: &mut Lines,
) -> anyhow::Result<()> {
    sqlx::raw_sql("analyze").execute(membership).await?;
    let before = peak_anew()?;
    let sent = send(country, people).await?;
    let (took, done) = (sent.took, sent.import);
    let memory = peak()? - before;
    ensure!(done.finished && done.refused == 0, "{} lines were refused", done.refused);
    let taken_in = done.admitted as f64;
    let rate = taken_in / took;

    let begun = Instant::now();
    follow(country, membership).await?;
    let followed = begun.elapsed().as_secs_f64();
    let bytes: i64 = sqlx::query_scalar(
        "select sum(pg_total_relation_size(relation))::bigint
         from unnest($1::text[]::regclass[]) as relation",
    )
    .bind(TABLES.map(str::to_owned).to_vec())
    .fetch_one(membership)
    .await?;

    let copied = copy(country, membership).await?;
    lines.add(
        "membership",
        format!("{taken_in} people taken in through the gateway"),
        (rate, "people/s"),
        Some((copied, "COPY of the same rows")),
        Bar::Owed { least: 0.5, never_below: NEVER_BELOW },
    );
    if lines.is_national() {
        lines.add(
            "membership",
            "the same, against what is asked for",
            (rate, "people/s"),
            Some((20_000.0, "asked for")),
            Bar::Owed { least: 1.0, never_below: 0.5 },
        );
    }
    lines.add(
        "membership",
        "the same, its last tenths",
        (sent.last, "people/s"),
        Some((sent.first, "its first tenths")),
        if people >= 100_000 { Bar::Owed { least: 0.7, never_below: 0.5 } } else { Bar::None },
    );
    let work = "memory that it adds, of all services and the client in one process";
    lines.add("membership", work, (memory, "MiB"), None, Bar::Under(256.0));
    let work = "until reporting has followed it";
    lines.add("membership", work, (followed, "s"), None, Bar::None);
    let each = bytes as f64 / taken_in;
    lines.add("membership", "size on disk of a member", (each, "bytes"), None, Bar::None);
    let candidates = done.candidates as f64;
    let work = "people of one name and birth in one union, who have other numbers, held back";
    lines.add("membership", work, (candidates, "people"), None, Bar::Exactly(0.0));
    Ok(())
}

/// Less than this share of `COPY` is a step back, in any profile.
const NEVER_BELOW: f64 = 0.05;
/// The same of single admissions; a build that is not optimised takes several times as long.
const SINGLE_NEVER_BELOW: f64 = if cfg!(debug_assertions) { 0.004 } else { 0.02 };

/// What was sent, and how fast it was taken.
struct Sent {
    import: Import,
    took: f64,
    /// People a second in the first and in the last three tenths.
    first: f64,
    last: f64,
}

async fn send(country: &Country, people: u64) -> anyhow::Result<Sent> {
    let ids: Arc<HashMap<String, String>> = Arc::new(unions(country).await?);
    let mut first = 0;
    let tree = &country.tree;
    let all = tree
        .unions()
        .filter(|unit| unit.lives())
        .filter_map(|unit| Some((ids.get(unit.code())?.clone(), unit)))
        .flat_map(move |(id, unit)| {
            let members = tree.members(&unit, first);
            first += u64::from(unit.members);
            members.map(move |member| line(&id, member)).collect::<Vec<_>>()
        });
    let mut all = all.take(usize::try_from(people)?).peekable();
    let stream_of = usize::try_from(people / STREAMS)?.clamp(MESSAGE, STREAM_MAX);

    let import_id = Uuid::now_v7().to_string();
    let begun = Instant::now();
    let mut done = Import::default();
    let mut taken: Vec<(f64, i64)> = vec![(0.0, 0)];
    while all.peek().is_some() {
        let lines: Vec<ImportLine> = all.by_ref().take(stream_of).collect();
        let header = Header {
            request_id: import_id.clone(),
            kind: AdmissionKind::Recognised.into(),
            effective_on: Some(civil(RESTRUCTURED_ON.previous_day().context("a day")?)),
            first_line: done.lines_done,
            continues: all.peek().is_some(),
            ..Header::default()
        };
        let mut lines = lines.into_iter();
        let messages = std::iter::once(Part::Header(header)).chain(std::iter::from_fn(move || {
            let some: Vec<ImportLine> = lines.by_ref().take(MESSAGE).collect();
            if some.is_empty() {
                return None;
            }
            Some(Part::Lines(ImportLines { lines: some }))
        }));
        let messages = stream::iter(messages.map(|part| ImportMembersRequest { part: Some(part) }));
        let mut request = tonic::Request::new(messages);
        request.set_timeout(Duration::from_secs(900));
        let answer = country.client.imports().import_members(request).await?;
        done = answer.into_inner().import.context("an import")?;
        taken.push((begun.elapsed().as_secs_f64(), done.lines_done));
    }
    let took = begun.elapsed().as_secs_f64();
    let between = |from: f64, until: f64| {
        let at = |share: f64| {
            let lines = (done.lines_done as f64 * share) as i64;
            taken.iter().find(|(_, done)| *done >= lines).copied().unwrap_or_default()
        };
        let (from, until) = (at(from), at(until));
        (until.1 - from.1) as f64 / (until.0 - from.0).max(f64::EPSILON)
    };
    let (first, last) = (between(0.0, 0.3), between(0.7, 1.0));
    Ok(Sent { import: done, took, first, last })
}

fn line(union_id: &str, member: Member) -> ImportLine {
    let person = PersonLine {
        name: member.name,
        sex: if member.female { Sex::Female } else { Sex::Male }.into(),
        birth_date: Some(civil(member.born_on)),
        identity_number: member.number,
        phone: member.phone,
        ..PersonLine::default()
    };
    ImportLine {
        person: Some(person),
        organisation_id: union_id.to_owned(),
        ..ImportLine::default()
    }
}

/// The ids of the unions, by the codes that they bear in the end.
async fn unions(country: &Country) -> anyhow::Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select code, organisation_id::text from organisation_code
         where upper_inf(recorded) and upper_inf(valid)",
    )
    .fetch_all(&country.registry)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Waits until reporting has followed membership.
async fn follow(country: &Country, membership: &PgPool) -> anyhow::Result<()> {
    let url = &country.system.database("reporting").context("a database")?.owner_url;
    let reporting = pool(url).await?;
    loop {
        let (head, pending): (i64, i64) = sqlx::query_as(
            "select (select position from feed.head), (select count(*) from feed.pending)",
        )
        .fetch_one(membership)
        .await?;
        let (position, halted): (i64, Option<String>) = sqlx::query_as(
            "select position, halted from feed.follower where source = 'membership'",
        )
        .fetch_one(&reporting)
        .await?;
        ensure!(halted.is_none(), "reporting stopped following: {halted:?}");
        if pending == 0 && position >= head {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Copies the rows of the first million people into a database of their own with the same schema;
/// answers how many people a second.
async fn copy(country: &Country, membership: &PgPool) -> anyhow::Result<f64> {
    let cluster = country.system.cluster().context("the bench has its own PostgreSQL")?;
    chassis::cluster::provision(&cluster.superuser_url(), "membership", COPIED).await?;
    let url = cluster.url("membership_owner", COPIED);
    migrate(&url, &membership::SCHEMA).await?;
    let mut target = PgConnection::connect(&url).await?;
    let last: Option<Uuid> =
        sqlx::query_scalar("select person_id from person order by person_id offset $1 limit 1")
            .bind(REFERENCE)
            .fetch_optional(membership)
            .await?;
    let some = last.map_or("true".to_owned(), |last| format!("person_id < '{last}'"));
    let people: i64 =
        sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from person where {some}")))
            .fetch_one(membership)
            .await?;
    let organisations = take(membership, "organisation", "true").await?;
    put(&mut target, organisations).await?;
    let mut all = Vec::new();
    for table in TABLES {
        let only = if table == "movement" { "true" } else { &some };
        all.push(take(membership, table, only).await?);
    }
    let begun = Instant::now();
    target.execute("begin").await?;
    for rows in all {
        put(&mut target, rows).await?;
    }
    target.execute("commit").await?;
    let took = begun.elapsed().as_secs_f64();
    target.close().await?;
    Ok(people as f64 / took)
}

/// Rows of a table as they are copied.
struct Rows {
    into: String,
    content: Vec<u8>,
}

async fn take(pool: &PgPool, table: &str, only: &str) -> anyhow::Result<Rows> {
    let columns: Vec<String> = sqlx::query_scalar(
        "select column_name::text from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'
         order by ordinal_position",
    )
    .bind(table)
    .fetch_all(pool)
    .await?;
    let columns = columns.join(", ");
    let from =
        format!("copy (select {columns} from {table} where {only}) to stdout (format binary)");
    let mut copying = pool.copy_out_raw(&from).await?;
    let mut content = Vec::new();
    while let Some(bytes) = copying.next().await {
        content.extend(bytes?);
    }
    Ok(Rows { into: format!("copy {table} ({columns}) from stdin (format binary)"), content })
}

async fn put(target: &mut PgConnection, rows: Rows) -> anyhow::Result<()> {
    let mut copying = target.copy_in_raw(&rows.into).await?;
    copying.send(rows.content).await?;
    copying.finish().await?;
    Ok(())
}

/// Single admissions, each acknowledged and durable, by eight clients.
async fn single(country: &Country, lines: &mut Lines) -> anyhow::Result<()> {
    let ids = unions(country).await?;
    let living: Vec<String> = country
        .tree
        .unions()
        .filter(|unit| unit.lives())
        .filter_map(|unit| ids.get(unit.code()).cloned())
        .take(500)
        .collect();
    ensure!(!living.is_empty(), "there is no union");
    let (living, next) = (Arc::new(living), Arc::new(AtomicU64::new(0)));
    let (mut inserted, mut admitted) = (0.0, 0.0);
    // The first turn warms up.
    for turn in 0..2 {
        let rates = (synchronous(country).await?, admissions(country, &living, &next).await?);
        if turn > 0 {
            (inserted, admitted) = rates;
        }
    }
    lines.add(
        "membership",
        format!("AdmitMembers of one person by {CLIENTS} clients through the gateway"),
        (admitted, "people/s"),
        Some((inserted, "synchronous inserts by as many")),
        Bar::Owed { least: 0.5, never_below: SINGLE_NEVER_BELOW },
    );
    Ok(())
}

async fn admissions(
    country: &Country,
    unions: &Arc<Vec<String>>,
    next: &Arc<AtomicU64>,
) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let token = country.system.issuer().token(ADMINISTRATOR)?;
        let client = Client::connect(&country.system.gateway(), &token).await?;
        let (unions, next) = (unions.clone(), next.clone());
        clients.spawn(async move {
            let mut admitted = 0_u32;
            while begun.elapsed() < TURN {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let union = &unions[usize::try_from(n)? % unions.len()];
                client.memberships().admit_members(admission(union, n)).await?;
                admitted += 1;
            }
            anyhow::Ok(admitted)
        });
    }
    let mut admitted = 0;
    while let Some(client) = clients.join_next().await {
        admitted += client??;
    }
    Ok(f64::from(admitted) / begun.elapsed().as_secs_f64())
}

fn admission(union: &str, n: u64) -> AdmitMembersRequest {
    let person = PersonLine {
        name: format!("Trần Thị Mẫu {n}"),
        sex: Sex::Female.into(),
        birth_year: 1999,
        // Of a year in which no made-up member was born.
        identity_number: format!("999350{n:06}"),
        phone: format!("0900{:06}", n % 1_000_000),
        ..PersonLine::default()
    };
    AdmitMembersRequest {
        request_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_owned(),
        kind: AdmissionKind::Admitted.into(),
        effective_on: Some(civil(RESTRUCTURED_ON.previous_day().unwrap_or(RESTRUCTURED_ON))),
        lines: vec![person],
        ..AdmitMembersRequest::default()
    }
}

/// As pgbench does it: one row in one transaction, acknowledged when it is flushed.
async fn synchronous(country: &Country) -> anyhow::Result<f64> {
    let cluster = country.system.cluster().context("the bench has its own PostgreSQL")?;
    let url = cluster.superuser_url();
    let mut one = PgConnection::connect(&url).await?;
    one.execute(
        "create table if not exists synchronous_insert
             (id bigint generated always as identity primary key, at timestamptz, what text)",
    )
    .await?;
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let mut client = PgConnection::connect(&url).await?;
        clients.spawn(async move {
            let mut inserted = 0_u32;
            while begun.elapsed() < TURN {
                sqlx::query("insert into synchronous_insert (at, what) values (now(), $1)")
                    .bind("Nguyễn Thị Mẫu")
                    .execute(&mut client)
                    .await?;
                inserted += 1;
            }
            anyhow::Ok(inserted)
        });
    }
    let mut inserted = 0;
    while let Some(client) = clients.join_next().await {
        inserted += client??;
    }
    let rate = f64::from(inserted) / begun.elapsed().as_secs_f64();
    one.execute("drop table synchronous_insert").await?;
    Ok(rate)
}

/// How much memory the process has now, in MiB; its peak begins anew from it.
fn peak_anew() -> anyhow::Result<f64> {
    fs::write("/proc/self/clear_refs", "5").context("begin the peak of memory anew")?;
    peak()
}

/// The most memory that the process had since, in MiB.
fn peak() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib =
        line.and_then(|line| line.trim().strip_suffix(" kB")).context("the peak of memory")?;
    Ok(kib.trim().parse::<f64>()? / 1024.0)
}
