//! The worker that prints what was asked for, one printing after the other, report by report.
//!
//! Whoever prints one holds a lock of its own on it, in a transaction that does nothing else: it goes
//! with that connection, and with the process.

use std::sync::Arc;
use std::time::Duration;

use chassis::call::Caller;
use chassis::database::Reading;
use chassis::refusal::{Failure, Language, Refusal};
use papers::bundle::file_name;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::Date;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::figure::heads;
use crate::ground::period::Period;
use crate::ground::refused::Refused;
use crate::report::api::Ordered;
use crate::report::paper::{Said, Written};
use crate::report::wire::{self, Asked};

/// How often a printing is begun without getting any further, before it is given up.
const IN_VAIN_MAX: i32 = 5;
/// How long a worker sleeps that nobody wakes: another replica's may have died.
const LOOK: Duration = Duration::from_secs(1);
/// For how long a printing can be fetched.
const KEPT_HOURS: i32 = 24;
/// The permission of whoever asks.
const PERMISSION: &str = "reporting.printing.begin";

/// Prints what was asked for.
pub struct Worker {
    /// Prints.
    pub api: Api,
    /// Something was asked for.
    pub asked: Arc<Notify>,
}

/// A printing that is not whole.
struct Waiting {
    printing_key: Uuid,
    issuer: String,
    subject: String,
    office: Option<String>,
    purpose: Option<String>,
    organisation_ids: Vec<Uuid>,
    template: String,
    from_on: Date,
    through_on: Date,
    as_of: Option<Date>,
    parameters: Json<Vec<(String, String)>>,
    heading: Json<Said>,
    format: i16,
}

/// An attempt at a printing: what an earlier one still writes is none of this.
struct Attempt {
    attempts: i32,
    in_vain: i32,
    printed: i32,
}

/// What became of one report.
enum Report {
    File { name: String, content: Vec<u8> },
    Refused { name: String, refusal: Refusal },
}

impl Worker {
    /// Works until `stopping`. What is not done by then is done by whoever comes next.
    pub async fn run(self, stopping: CancellationToken) -> anyhow::Result<()> {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                worked = self.work() => if let Err(failure) = worked {
                    tracing::error!(cause = %failure, "a printing failed");
                },
            }
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                () = self.asked.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Prints all that waits, those first that were begun in vain least often.
    async fn work(&self) -> Result<(), Failure> {
        let all = sqlx::query_as!(
            Waiting,
            r#"select printing_key, issuer, subject, office, purpose, organisation_ids, template, from_on,
                      through_on, as_of, parameters as "parameters: Json<Vec<(String, String)>>",
                      heading as "heading: Json<Said>", format
               from report_printing where state in (1, 2)
               order by in_vain, asked_at limit 100"#,
        )
        .fetch_all(self.api.database.pool())
        .await?;
        let mut failed = None;
        for waiting in all {
            // One that fails keeps no other from being printed.
            failed = self.attempt(&waiting).await.err().or(failed);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Prints one, unless somebody else does.
    async fn attempt(&self, waiting: &Waiting) -> Result<(), Failure> {
        let mut holding = self.api.database.read_for_work(waiting.caller(), PERMISSION).await?;
        if !hold(&mut holding, waiting.printing_key).await? {
            return Ok(());
        }
        let Some(attempt) = self.begin(waiting.printing_key).await? else { return Ok(()) };
        if attempt.in_vain > IN_VAIN_MAX {
            let refused = Refused::PrintingAbandoned { attempts: attempt.in_vain - 1 };
            return self.fail(waiting, &attempt, &refused.refusal()).await;
        }
        let first = usize::try_from(attempt.printed).unwrap_or_default();
        for (number, organisation_id) in waiting.organisation_ids.iter().enumerate().skip(first) {
            let report = self.report(waiting, number, *organisation_id).await?;
            if !self.keep(waiting, &attempt, number, report).await? {
                return Ok(());
            }
        }
        self.is_whole(waiting, &attempt).await
    }

    /// Prints one report, on the figures of now and on the rights of whoever asked.
    async fn report(
        &self,
        waiting: &Waiting,
        number: usize,
        organisation_id: Uuid,
    ) -> Result<Report, Failure> {
        let form = wire::written(i32::from(waiting.format), 0)?;
        let mut reading = self.api.database.read_for_work(waiting.caller(), PERMISSION).await?;
        let named = heads(&mut reading, &[organisation_id], waiting.through_on).await?;
        let name = named.get(&organisation_id).map(String::as_str).unwrap_or_default();
        let name = format!("{:04}-{}.{}", number + 1, file_name(name), form.ending());
        let asked = Asked {
            organisation_id,
            period: Period { from: waiting.from_on, through: waiting.through_on },
            as_of: waiting.as_of,
            template: waiting.template.clone(),
            template_version_id: None,
            parameters: waiting.parameters.0.clone(),
        };
        match self.printed(&mut reading, asked, &waiting.heading.0, form).await {
            Ok(content) => Ok(Report::File { name, content }),
            Err(Failure::Refused(refusal)) if !refusal.passes() => {
                Ok(Report::Refused { name, refusal })
            }
            Err(failure) => Err(failure),
        }
    }

    async fn printed(
        &self,
        reading: &mut Reading,
        asked: Asked,
        said: &Said,
        form: Written,
    ) -> Result<Vec<u8>, Failure> {
        let Ordered { document, .. } = self.api.ordered(reading, asked, said).await?;
        let written = tokio::task::spawn_blocking(move || form.of(&document)).await;
        written.map_err(anyhow::Error::new)?
    }

    /// Begins an attempt; none where the printing came to its end, or was cancelled.
    async fn begin(&self, printing_key: Uuid) -> Result<Option<Attempt>, Failure> {
        let attempt = sqlx::query_as!(
            Attempt,
            "update report_printing
             set attempts = attempts + 1, in_vain = in_vain + 1, state = 2
             where printing_key = $1 and state in (1, 2)
             returning attempts, in_vain, printed",
            printing_key,
        )
        .fetch_optional(self.api.database.pool())
        .await?;
        Ok(attempt)
    }

    /// Writes down a report, and how far the printing is; false where it is not this attempt's any more.
    async fn keep(
        &self,
        waiting: &Waiting,
        attempt: &Attempt,
        number: usize,
        report: Report,
    ) -> Result<bool, Failure> {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let (name, content, reason, vi) = match report {
            Report::File { name, content } => (name, Some(content), None, None),
            Report::Refused { name, refusal } => {
                let vi = refusal.sentence(Language::Vietnamese);
                (name, None, Some(refusal.reason()), Some(vi))
            }
        };
        let bytes = content.as_ref().map_or(0, Vec::len);
        let mut transaction = self.api.database.pool().begin().await?;
        let own = sqlx::query!(
            "update report_printing
             set printed = printed + 1, in_vain = 0, bytes = bytes + $4,
                 not_printed = not_printed + case when $5::bool then 1 else 0 end
             where printing_key = $1 and attempts = $2 and state = 2 and printed = $3",
            waiting.printing_key,
            attempt.attempts,
            number,
            i64::try_from(bytes).unwrap_or(i64::MAX),
            reason.is_some(),
        )
        .execute(&mut *transaction)
        .await?;
        if own.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query!(
            "insert into report_printing_file (printing_key, number, name, content, reason, vi)
             values ($1, $2, $3, $4, $5, $6)",
            waiting.printing_key,
            number,
            name,
            content,
            reason,
            vi,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn is_whole(&self, waiting: &Waiting, attempt: &Attempt) -> Result<(), Failure> {
        sqlx::query!(
            "update report_printing
             set state = 3, finished_at = now(), kept_until = now() + make_interval(hours => $3)
             where printing_key = $1 and attempts = $2 and state = 2",
            waiting.printing_key,
            attempt.attempts,
            KEPT_HOURS,
        )
        .execute(self.api.database.pool())
        .await?;
        tracing::info!(reports = waiting.organisation_ids.len(), "reports were printed");
        Ok(())
    }

    async fn fail(
        &self,
        waiting: &Waiting,
        attempt: &Attempt,
        refusal: &Refusal,
    ) -> Result<(), Failure> {
        sqlx::query!(
            "with failed as (
                 update report_printing
                 set state = 4, finished_at = now(), reason = $3, vi = $4, en = $5
                 where printing_key = $1 and attempts = $2 and state = 2
                 returning printing_key
             )
             delete from report_printing_file where printing_key in (select printing_key from failed)",
            waiting.printing_key,
            attempt.attempts,
            refusal.reason(),
            refusal.sentence(Language::Vietnamese),
            refusal.sentence(Language::English),
        )
        .execute(self.api.database.pool())
        .await?;
        Ok(())
    }
}

impl Waiting {
    fn caller(&self) -> Caller {
        Caller {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            office: self.office.clone(),
            purpose: self.purpose.clone(),
        }
    }
}

/// Takes the lock on a printing, as long as this transaction lasts; false where somebody has it.
async fn hold(db: &mut PgConnection, printing_key: Uuid) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended($1, 221)) as "held!""#,
        printing_key.to_string(),
    )
    .fetch_one(db)
    .await?;
    Ok(held)
}
