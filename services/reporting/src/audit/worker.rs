//! The worker that does the audits that were asked for, one after the other.
//!
//! Whoever does one holds a lock of its own on it in the transaction whose snapshot everything is
//! counted in: it goes with that connection, and with the process. What nobody holds is begun anew.

use std::collections::BTreeMap;
use std::time::Duration;

use chassis::call::Caller;
use chassis::database::{Database, Reading};
use chassis::refusal::{Failure, Language, Refusal};
use sqlx::PgConnection;
use sqlx::types::Json;
use time::Date;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::audit::against::Step;
use crate::audit::answered::Answering;
use crate::audit::cell::{Cell, Found};
use crate::audit::heads::{heads, months};
use crate::audit::kept;
use crate::ground::auditing::Auditing;
use crate::ground::columns::Columns;
use crate::ground::figure::Known;
use crate::ground::indicators::loaded;
use crate::ground::reading as reads;
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;

/// How often an audit is begun before it is given up.
const ATTEMPTS_MAX: i32 = 5;
/// How long a worker sleeps that nobody wakes: another replica's may have died.
const LOOK: Duration = Duration::from_secs(1);
/// Organisations, and months, that are counted again at once: an audit of the country holds no more in
/// memory than one of a province.
const HEADS: usize = 64;
const MONTHS: usize = 12;
/// Memory for each sort of a statement: a country's rows are millions, and one audit runs at a time.
const SORTED_IN: &str = "64MB";

/// Does what was asked for.
pub struct Worker {
    /// Reads, and what is written.
    pub database: Database,
    /// What figures are counted from.
    pub columns: Columns,
    /// What there is to count.
    pub reference: &'static Reference,
    /// What wakes it.
    pub auditing: Auditing,
}

/// An audit that nobody does.
struct Waiting {
    audit_id: Uuid,
    issuer: String,
    subject: String,
    office: Option<String>,
    permission: String,
    organisation_id: Uuid,
    levels: i32,
    from_on: Date,
    until_on: Date,
    as_of: Date,
}

/// One beginning of an audit.
#[derive(Clone, Copy)]
struct Attempt {
    audit_id: Uuid,
    number: i32,
}

impl Worker {
    /// Works until `stopping`. What is not done by then is begun anew by whoever comes next.
    pub async fn run(self, stopping: CancellationToken) -> anyhow::Result<()> {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                worked = self.work() => if let Err(failure) = worked {
                    tracing::error!(cause = %failure, "an audit failed");
                },
            }
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                () = self.auditing.asked.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Does all that waits, those first that were begun least often.
    async fn work(&self) -> Result<(), Failure> {
        let all = sqlx::query_as!(
            Waiting,
            "select audit_id, issuer, subject, office, permission, organisation_id, levels, from_on,
                    until_on, as_of
             from figure_audit where state in (1, 2)
             order by attempts, asked_at limit 100",
        )
        .fetch_all(self.database.pool())
        .await?;
        for waiting in all {
            self.attempt(waiting).await?;
        }
        Ok(())
    }

    /// Does one, unless somebody else does.
    async fn attempt(&self, waiting: Waiting) -> Result<(), Failure> {
        let caller = Caller {
            issuer: waiting.issuer.clone(),
            subject: waiting.subject.clone(),
            office: waiting.office.clone(),
            purpose: None,
        };
        // The lock and the snapshot are taken by one statement, on a connection that does nothing else.
        let mut reading = self.database.read_for_work(caller, &waiting.permission).await?;
        if !hold(&mut reading, waiting.audit_id).await? {
            return Ok(());
        }
        let Some(attempt) = self.begin(waiting.audit_id).await? else { return Ok(()) };
        if attempt.number > ATTEMPTS_MAX {
            let refused = Refused::AuditAbandoned { attempts: attempt.number - 1 };
            return self.fail(attempt, &refused.refusal()).await;
        }
        match self.count(&mut reading, attempt, &waiting).await {
            Ok(Some((found, known))) => self.finish(attempt, &found, &known).await,
            Ok(None) => Ok(()),
            Err(Failure::Refused(refusal)) if !refusal.passes() => {
                self.fail(attempt, &refusal).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// What was found, and of which positions; none where it is not wanted any more.
    async fn count(
        &self,
        reading: &mut Reading,
        attempt: Attempt,
        waiting: &Waiting,
    ) -> Result<Option<(Found, Known)>, Failure> {
        let Waiting { organisation_id, levels, from_on, until_on, as_of, .. } = *waiting;
        // Whoever asked may have lost the right meanwhile.
        reads::organisation(reading, organisation_id).await?;
        sqlx::query_scalar!("select set_config('work_mem', $1, true)", SORTED_IN)
            .fetch_one(&mut **reading)
            .await?;
        let known = Known::read(reading).await?;
        let snapshot = self.columns.snapshot(reading).await?;
        let heads = heads(reading, organisation_id, levels, (from_on, until_on)).await?;
        let months = months(from_on, until_on);
        let mut indicators = self.reference.indicators().to_vec();
        indicators.extend(loaded(reading, self.reference).await?);
        let trees = [None, Some(as_of)];
        // A step for each organisation and month on each tree, and one for what is kept twice.
        let steps = heads.len() * months.len() * trees.len() + 1;
        let (mut found, mut done) = (Found::default(), 0);
        if !self.tell(attempt, done, steps).await? {
            return Ok(None);
        }
        for as_of in trees {
            let (snapshot, reference) = (&snapshot, self.reference);
            let of = Answering { snapshot, reference, indicators: &indicators, as_of };
            for months in months.chunks(MONTHS) {
                for heads in heads.chunks(HEADS) {
                    let step = Step::begin(reading, of, heads, months).await?;
                    for month in months {
                        step.hold_many(reading, heads, *month, &mut found).await?;
                        for head in heads {
                            step.hold_one(reading, *head, *month, &mut found).await?;
                        }
                        done += heads.len();
                        if !self.tell(attempt, done, steps).await? {
                            return Ok(None);
                        }
                    }
                }
            }
        }
        kept::hold(reading, organisation_id, (from_on, until_on), &mut found).await?;
        Ok(Some((found, known)))
    }

    /// Begins an attempt; none where the audit came to its end, or was cancelled.
    async fn begin(&self, audit_id: Uuid) -> Result<Option<Attempt>, Failure> {
        let number = sqlx::query_scalar!(
            "update figure_audit
             set attempts = attempts + 1, state = 2, steps_done = 0, steps = null
             where audit_id = $1 and state in (1, 2)
             returning attempts",
            audit_id,
        )
        .fetch_optional(self.database.pool())
        .await?;
        Ok(number.map(|number| Attempt { audit_id, number }))
    }

    /// Tells how far it is; false where it is not to go on.
    async fn tell(&self, attempt: Attempt, done: usize, steps: usize) -> Result<bool, Failure> {
        let told = sqlx::query!(
            "update figure_audit set steps_done = $3, steps = $4
             where audit_id = $1 and attempts = $2 and state = 2",
            attempt.audit_id,
            attempt.number,
            i64::try_from(done).unwrap_or(i64::MAX),
            i64::try_from(steps).unwrap_or(i64::MAX),
        )
        .execute(self.database.pool())
        .await?;
        Ok(told.rows_affected() == 1)
    }

    /// Writes down what was found, once and for all.
    async fn finish(&self, attempt: Attempt, found: &Found, known: &Known) -> Result<(), Failure> {
        let Attempt { audit_id, number } = attempt;
        let mut transaction = self.database.pool().begin().await?;
        let done = sqlx::query!(
            "update figure_audit set state = 3, steps_done = steps, finished_at = now()
             where audit_id = $1 and attempts = $2 and state = 2",
            audit_id,
            number,
        )
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(());
        }
        let positions: BTreeMap<&str, i64> =
            known.positions.iter().map(|(source, at)| (source.as_str(), *at)).collect();
        sqlx::query!(
            "insert into figure_audit_result (audit_id, cells, differing, positions, finished_at)
             values ($1, $2, $3, $4, now())",
            audit_id,
            found.cells,
            found.differing,
            Json(&positions) as _,
        )
        .execute(&mut *transaction)
        .await?;
        differences(&mut transaction, audit_id, &found.first).await?;
        transaction.commit().await?;
        let Found { cells, differing, .. } = found;
        match differing {
            0 => tracing::info!(%audit_id, cells, differing, ?positions, "figures were audited"),
            _ => tracing::error!(%audit_id, cells, differing, ?positions, "figures differ"),
        }
        Ok(())
    }

    async fn fail(&self, attempt: Attempt, refusal: &Refusal) -> Result<(), Failure> {
        sqlx::query!(
            "update figure_audit set state = 4, finished_at = now(), reason = $3, vi = $4, en = $5
             where audit_id = $1 and attempts = $2 and state = 2",
            attempt.audit_id,
            attempt.number,
            refusal.reason(),
            refusal.sentence(Language::Vietnamese),
            refusal.sentence(Language::English),
        )
        .execute(self.database.pool())
        .await?;
        Ok(())
    }
}

async fn differences(db: &mut PgConnection, audit_id: Uuid, first: &[Cell]) -> Result<(), Failure> {
    let checked: Vec<i16> = first.iter().map(|cell| cell.check as i16).collect();
    let codes: Vec<String> = first.iter().map(|cell| cell.code.clone()).collect();
    let denominators: Vec<bool> = first.iter().map(|cell| cell.denominator).collect();
    let organisations: Vec<Uuid> = first.iter().map(|cell| cell.organisation_id).collect();
    let months: Vec<Date> = first.iter().map(|cell| cell.month).collect();
    let as_of: Vec<Option<Date>> = first.iter().map(|cell| cell.as_of).collect();
    let answered: Vec<i64> = first.iter().map(|cell| cell.answered).collect();
    let counted: Vec<i64> = first.iter().map(|cell| cell.counted).collect();
    sqlx::query!(
        "insert into figure_audit_difference
             (audit_id, number, checked, code, denominator, organisation_id, month, as_of, answered,
              counted)
         select $1, cell.number::integer, cell.checked, cell.code, cell.denominator,
                cell.organisation_id, cell.month, cell.as_of, cell.answered, cell.counted
         from unnest($2::smallint[], $3::text[], $4::boolean[], $5::uuid[], $6::date[], $7::date[],
                     $8::bigint[], $9::bigint[])
              with ordinality
              as cell (checked, code, denominator, organisation_id, month, as_of, answered, counted,
                       number)",
        audit_id,
        &checked,
        &codes,
        &denominators,
        &organisations,
        &months,
        &as_of as &[Option<Date>],
        &answered,
        &counted,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the lock on an audit, as long as this transaction lasts; false where somebody has it.
async fn hold(db: &mut PgConnection, audit_id: Uuid) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended($1, 230)) as "held!""#,
        audit_id.to_string(),
    )
    .fetch_one(db)
    .await?;
    Ok(held)
}
