//! The worker that writes the files that were asked for, one after the other.
//!
//! Whoever writes one holds a lock of its own on it in the transaction in which the members are
//! read: it goes with that connection, and with the process. What nobody holds is begun anew.

use std::sync::Arc;
use std::time::Duration;

use chassis::call::Caller;
use chassis::database::{Database, Reading};
use chassis::refusal::{Failure, Language, Refusal};
use sqlx::PgConnection;
use time::Date;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::export::roll::{Asked, Roll};
use crate::export::write::{Attempt, Ended};
use crate::ground::exporting::Exporting;
use crate::ground::file;
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;

/// How often an export is begun before it is given up.
const ATTEMPTS_MAX: i32 = 5;
/// How long a worker sleeps that nobody wakes: another replica's may have died.
const LOOK: Duration = Duration::from_secs(1);
/// The permission of whoever asks.
const PERMISSION: &str = "membership.member.export";

/// Writes what was asked for.
pub struct Worker {
    /// Reads, and what is written.
    pub database: Database,
    /// Opens numbers, and seals pieces.
    pub keys: Arc<Keys>,
    /// The limits, and what wakes it.
    pub exporting: Exporting,
}

/// An export that nobody has written.
struct Waiting {
    export_key: Uuid,
    issuer: String,
    subject: String,
    office: Option<String>,
    purpose: Option<String>,
    organisation_id: Uuid,
    with_subtree: bool,
    as_of: Date,
    known_at: Option<OffsetDateTime>,
    format: i16,
    with_identity: bool,
}

impl Worker {
    /// Works until `stopping`. What is not done by then is done by whoever comes next.
    pub async fn run(self, stopping: CancellationToken) -> anyhow::Result<()> {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                worked = self.work() => if let Err(failure) = worked {
                    tracing::error!(cause = %failure, "an export failed");
                },
            }
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                () = self.exporting.asked.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Writes all that waits, those first that were begun least often.
    async fn work(&self) -> Result<(), Failure> {
        let all = sqlx::query_as!(
            Waiting,
            "select export_key, issuer, subject, office, purpose, organisation_id, with_subtree,
                    as_of, known_at, format, with_identity
             from member_export where state in (1, 2)
             order by attempts, asked_at limit 100",
        )
        .fetch_all(self.database.pool())
        .await?;
        for waiting in all {
            self.attempt(waiting).await?;
            self.exporting.done.notify_waiters();
        }
        Ok(())
    }

    /// Writes one, unless somebody else does.
    async fn attempt(&self, waiting: Waiting) -> Result<(), Failure> {
        let export_key = waiting.export_key;
        let caller = Caller {
            issuer: waiting.issuer,
            subject: waiting.subject,
            office: waiting.office,
            purpose: waiting.purpose,
        };
        // The lock and the snapshot are taken by one statement, on a connection that does nothing else.
        let mut reading = self.database.read_for_work(caller, PERMISSION).await?;
        if !hold(&mut reading, export_key).await? {
            return Ok(());
        }
        let Some(attempt) = self.begin(export_key).await? else { return Ok(()) };
        if attempt.number > ATTEMPTS_MAX {
            let refused = Refused::ExportAbandoned { attempts: attempt.number - 1 };
            return self.fail(&attempt, &refused.refusal()).await;
        }
        let asked = Asked {
            organisation_id: waiting.organisation_id,
            with_subtree: waiting.with_subtree,
            as_of: waiting.as_of,
            known_at: waiting.known_at,
            with_identity: waiting.with_identity,
        };
        let format = file::numbered(waiting.format)?;
        let written = self.write(&mut reading, &attempt, asked, format).await;
        match written {
            Ok(Ended::Whole { lines }) => {
                tracing::info!(lines, with_identity = asked.with_identity, "members were exported");
                Ok(())
            }
            Ok(Ended::Elsewhere) => Ok(()),
            Err(Failure::Refused(refusal)) if !refusal.passes() => {
                self.fail(&attempt, &refusal).await
            }
            Err(failure) => Err(failure),
        }
    }

    async fn write(
        &self,
        reading: &mut Reading,
        attempt: &Attempt,
        asked: Asked,
        format: sheets::writing::Format,
    ) -> Result<Ended, Failure> {
        // Whoever asked may have lost the right meanwhile.
        crate::ground::organisation::in_scope(reading, asked.organisation_id).await?;
        let roll = Roll::begin(reading, asked).await?;
        let (lines, most) = (roll.lines(), i64::from(self.exporting.config.lines_max));
        if lines > most {
            return Err(Refused::ExportTooLarge { lines, most }.into());
        }
        let kept = i32::try_from(self.exporting.config.kept_hours).unwrap_or(i32::MAX);
        attempt.write(reading, roll, asked.with_identity, format, kept).await
    }

    /// Begins an attempt; none where the export came to its end, or was cancelled.
    async fn begin(&self, export_key: Uuid) -> Result<Option<Attempt>, Failure> {
        let mut transaction = self.database.pool().begin().await?;
        let number = sqlx::query_scalar!(
            "update member_export
             set attempts = attempts + 1, state = 2, lines_written = 0, lines = null, pieces = 0,
                 bytes = 0
             where export_key = $1 and state in (1, 2)
             returning attempts",
            export_key,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(number) = number else { return Ok(None) };
        sqlx::query!("delete from member_export_piece where export_key = $1", export_key)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let (pool, keys) = (self.database.pool().clone(), self.keys.clone());
        Ok(Some(Attempt { export_key, number, pool, keys }))
    }

    async fn fail(&self, attempt: &Attempt, refusal: &Refusal) -> Result<(), Failure> {
        sqlx::query!(
            "with failed as (
                 update member_export
                 set state = 4, finished_at = now(), reason = $3, vi = $4, en = $5
                 where export_key = $1 and attempts = $2 and state = 2
                 returning export_key
             )
             delete from member_export_piece where export_key in (select export_key from failed)",
            attempt.export_key,
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

/// Takes the lock on an export, as long as this transaction lasts; false where somebody has it.
async fn hold(db: &mut PgConnection, export_key: Uuid) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended($1, 292)) as "held!""#,
        export_key.to_string(),
    )
    .fetch_one(db)
    .await?;
    Ok(held)
}
