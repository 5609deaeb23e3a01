//! The worker that does the operations, one after the other.

use std::time::Duration;

use anyhow::Context;
use chassis::call::Caller;
use chassis::database::Database;
use chassis::refusal::{Failure, Language, Refusal};
use chassis::telemetry;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span};
use uuid::Uuid;

use crate::ground::bell::Bell;
use crate::ground::refused::Refused;
use crate::plan::commit_plan::CommitPlan;
use crate::plan::dry_run_plan::DryRunPlan;
use crate::plan::operation::Kind;
use crate::plan::undo_plan::UndoPlan;

/// How often an operation is begun before it is given up.
pub(crate) const ATTEMPTS_MAX: i32 = 5;

/// How long a worker sleeps that nobody wakes: another replica's may have died.
pub(crate) const POLL: Duration = Duration::from_secs(1);

/// Does operations, one after the other.
pub struct Worker {
    database: Database,
    bell: Bell,
}

/// An operation that waits.
pub(crate) struct Waiting {
    operation_id: Uuid,
    kind: Kind,
    plan_id: Uuid,
    caller: Caller,
    permission: String,
    attempts: i32,
    /// The call that asked for it.
    traceparent: String,
}

impl Worker {
    /// A worker on this database, woken by this bell.
    pub fn new(database: Database, bell: Bell) -> Self {
        Self { database, bell }
    }

    /// Works until `stopping`. What is not done by then is done by whoever comes next.
    pub async fn run(self, stopping: CancellationToken) -> anyhow::Result<()> {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                () = self.work() => {}
            }
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                () = self.bell.asked.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Does all that waits.
    async fn work(&self) {
        loop {
            match self.next().await {
                Ok(Some(waiting)) => {
                    let operation_id = waiting.operation_id;
                    if let Err(failure) = self.attempt(waiting).await {
                        tracing::error!(cause = %failure, %operation_id, "an operation failed");
                        return;
                    }
                    self.bell.done.notify_waiters();
                }
                Ok(None) => return,
                Err(failure) => {
                    tracing::error!(cause = %failure, "cannot look for operations");
                    return;
                }
            }
        }
    }

    /// The operation that has waited longest of those that nobody holds; one attempt more
    /// is counted, whether or not this process lives to tell of it.
    async fn next(&self) -> Result<Option<Waiting>, Failure> {
        let row = sqlx::query!(
            "update operation
             set attempts = attempts + 1, started_at = coalesce(started_at, clock_timestamp())
             where operation_id = (select operation_id from operation
                                   where state = 'WAITING'
                                   order by attempts, operation_id
                                   for no key update skip locked
                                   limit 1)
             returning operation_id, kind, plan_id, issuer, subject, office, permission, attempts,
                       traceparent",
        )
        .fetch_optional(self.database.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let kind = Kind::parse(&row.kind).context("read an operation's kind")?;
        Ok(Some(Waiting {
            operation_id: row.operation_id,
            kind,
            plan_id: row.plan_id,
            caller: Caller {
                issuer: row.issuer,
                subject: row.subject,
                office: row.office,
                purpose: None,
            },
            permission: row.permission,
            attempts: row.attempts,
            traceparent: row.traceparent,
        }))
    }

    /// Attempts an operation in a trace of its own, which links to the call that asked for it:
    /// what its act published leads there, and to nothing that this worker did before.
    async fn attempt(&self, waiting: Waiting) -> Result<(), Failure> {
        let span = info_span!(
            parent: None,
            "attempt operation",
            otel.kind = "consumer",
            service = self.database.service(),
            operation_id = %waiting.operation_id,
            plan_id = %waiting.plan_id,
            operation = waiting.kind.code(),
            attempt = waiting.attempts,
        );
        telemetry::link(&span, &waiting.traceparent);
        self.work_on(waiting).instrument(span).await
    }

    /// Does an operation, or says why it is not done. What was our own trouble is tried
    /// again.
    async fn work_on(&self, waiting: Waiting) -> Result<(), Failure> {
        let Waiting { operation_id, kind, plan_id, caller, permission, attempts, .. } = waiting;
        if attempts > ATTEMPTS_MAX {
            let refused = Refused::OperationAbandoned { attempts: attempts - 1 };
            return self.fail(operation_id, &refused.refusal()).await;
        }
        let pool = self.database.pool().clone();
        let done = match kind {
            Kind::DryRun => {
                let act = DryRunPlan { operation_id, plan_id, pool };
                self.database.work(caller, &permission, act).await
            }
            Kind::Commit => {
                let act = CommitPlan { operation_id, plan_id, pool };
                self.database.work(caller, &permission, act).await
            }
            Kind::Undo => {
                let act = UndoPlan { operation_id, plan_id, pool };
                self.database.work(caller, &permission, act).await
            }
        };
        match done {
            Ok(()) => Ok(()),
            // What passes, such as another act that was in the way, will not be there again.
            Err(Failure::Refused(refusal)) if !refusal.passes() => {
                self.fail(operation_id, &refusal).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// Says that an operation is refused. The attempt that was refused may still be rolling
    /// back and hold the row: passing over it would begin the operation again, and again.
    async fn fail(&self, operation_id: Uuid, refusal: &Refusal) -> Result<(), Failure> {
        let told = |language| refusal.status_in(language).details().to_vec();
        sqlx::query!(
            "update operation
             set state = 'FAILED', finished_at = clock_timestamp(), refusal_vi = $2,
                 refusal_en = $3
             where operation_id = $1 and state = 'WAITING'",
            operation_id,
            told(Language::Vietnamese),
            told(Language::English),
        )
        .execute(self.database.pool())
        .await?;
        Ok(())
    }
}
