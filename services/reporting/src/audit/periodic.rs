//! Audits that begin of themselves, and what the last ones found, for operators to see.
//!
//! The service has no rights of its own: it audits the organisations on which somebody has granted the
//! subject [`SUBJECT`] of the issuer `system` a role that reads figures. No gateway vouches for it.

use std::time::Duration;

use chassis::call::Caller;
use chassis::database::{Database, today};
use chassis::refusal::Failure;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Gauge;
use time::Date;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::audit::heads::{LEVELS_MAX, month_of, next_month};
use crate::ground::auditing::Auditing;

/// On whose rights it audits.
pub const SUBJECT: &str = "reporting.audit";
/// What these rights must allow.
const PERMISSION: &str = "reporting.figure.read";
/// How long it is from one look to the next, at most.
const LOOK: Duration = Duration::from_secs(60);

/// Begins what is due and publishes what was found, until `stopping`. Any number of replicas may do
/// this at once: one of them begins.
pub async fn run(
    database: Database,
    auditing: Auditing,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let instruments = Instruments::default();
    let every = auditing.config.every_seconds;
    let look = if every == 0 { LOOK } else { LOOK.min(Duration::from_secs(every.into())) };
    loop {
        tokio::select! {
            looked = look_once(&database, &auditing, &instruments) => if let Err(failure) = looked {
                tracing::warn!(cause = %failure, "auditing of itself failed");
            },
            () = stopping.cancelled() => return Ok(()),
        }
        tokio::select! {
            () = tokio::time::sleep(look) => {}
            () = stopping.cancelled() => return Ok(()),
        }
    }
}

async fn look_once(
    database: &Database,
    auditing: &Auditing,
    instruments: &Instruments,
) -> Result<(), Failure> {
    if auditing.config.every_seconds > 0 && begin(database, auditing, today()).await? > 0 {
        auditing.asked.notify_one();
    }
    publish(database, instruments).await
}

/// Begins an audit of each organisation that it may read and whose last one was long enough ago; answers
/// of how many.
async fn begin(database: &Database, auditing: &Auditing, today: Date) -> Result<u64, Failure> {
    let caller = Caller::system(SUBJECT);
    let mut reading = database.read_for_work(caller.clone(), PERMISSION).await?;
    let granted = sqlx::query_scalar!(
        r#"select distinct granted as "organisation_id!" from access.granted() as granted order by 1"#,
    )
    .fetch_all(&mut *reading)
    .await?;
    drop(reading);
    if granted.is_empty() {
        return Ok(0);
    }
    let config = auditing.config;
    let mut from_on = month_of(today);
    for _ in 1..config.months.clamp(1, 1_200) {
        from_on = month_of(from_on.previous_day().unwrap_or(from_on));
    }
    let until_on = next_month(today).unwrap_or(Date::MAX);
    let ids: Vec<Uuid> = granted.iter().map(|_| Uuid::now_v7()).collect();
    let mut transaction = database.pool().begin().await?;
    // Whoever has it begins; the others see tomorrow, or whenever it is due, that somebody did.
    let held = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended($1, 232)) as "held!""#,
        SUBJECT,
    )
    .fetch_one(&mut *transaction)
    .await?;
    if !held {
        return Ok(0);
    }
    let begun = sqlx::query!(
        "insert into figure_audit
             (audit_id, principal, issuer, subject, permission, organisation_id, levels, from_on,
              until_on, as_of, periodic, asked_at)
         select due.audit_id, $3, $4, $3, $5, due.organisation_id, $6, $7, $8, $9, true,
                clock_timestamp()
         from unnest($1::uuid[], $2::uuid[]) as due (audit_id, organisation_id)
         where not exists (select
                           from figure_audit a
                           where a.periodic and a.organisation_id = due.organisation_id
                             and a.asked_at > clock_timestamp() - make_interval(secs => $10))
           and not exists (select
                           from figure_audit a
                           where a.periodic and a.organisation_id = due.organisation_id
                             and a.state in (1, 2))",
        &ids,
        &granted,
        SUBJECT,
        caller.issuer,
        PERMISSION,
        config.levels.clamp(0, LEVELS_MAX),
        from_on,
        until_on,
        today,
        f64::from(config.every_seconds),
    )
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    transaction.commit().await?;
    Ok(begun)
}

/// What operators see of audits: how many cells the last ones held, how many differ, and when.
struct Instruments {
    cells: Gauge<i64>,
    differing: Gauge<i64>,
    finished: Gauge<i64>,
}

impl Default for Instruments {
    fn default() -> Self {
        let meter = opentelemetry::global::meter("reporting.audit");
        Self {
            cells: meter
                .i64_gauge("congdoan.audit.cells")
                .with_description("Numbers that the last audit held against what is counted again.")
                .with_unit("{cell}")
                .build(),
            differing: meter
                .i64_gauge("congdoan.audit.differing")
                .with_description("Those of them that differ: 0, or somebody is to look.")
                .with_unit("{cell}")
                .build(),
            finished: meter
                .i64_gauge("congdoan.audit.finished")
                .with_description("When the last audit came to its end, in seconds since 1970.")
                .with_unit("s")
                .build(),
        }
    }
}

/// Tells what the last audits found that began of themselves, and the last ones that were asked for.
async fn publish(database: &Database, instruments: &Instruments) -> Result<(), Failure> {
    let last = sqlx::query!(
        "select distinct on (a.periodic, a.organisation_id)
                a.periodic, a.organisation_id, r.cells, r.differing, r.finished_at
         from (select audit_id, cells, differing, finished_at from figure_audit_result
               where finished_at > now() - interval '40 days'
               order by finished_at desc
               limit 1000) r
         -- Each is looked up, however many there were before.
         cross join lateral (select periodic, organisation_id from figure_audit
                             where figure_audit.audit_id = r.audit_id offset 0) a
         order by a.periodic, a.organisation_id, r.finished_at desc",
    )
    .fetch_all(database.pool())
    .await?;
    for one in last {
        let attributes = [
            KeyValue::new("periodic", one.periodic),
            KeyValue::new("organisation_id", one.organisation_id.to_string()),
        ];
        instruments.cells.record(one.cells, &attributes);
        instruments.differing.record(one.differing, &attributes);
        instruments.finished.record(one.finished_at.unix_timestamp(), &attributes);
    }
    Ok(())
}
