//! Work that outlives its call: operations, as rows.
//!
//! An operation is a row. The transaction that does the work locks that row first and writes
//! its outcome last, so that the work and the word that it is done are one: a worker that
//! dies leaves a row that is WAITING and not locked, and any worker of any replica does it
//! again. Only what is shown meanwhile, how far it is, is written beside that transaction.

use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::PgPool;
use uuid::Uuid;

/// What operations' names begin with.
pub const NAMES: &str = "registry/operations/";

/// What an operation is called.
pub fn name(operation_id: Uuid) -> String {
    format!("{NAMES}{operation_id}")
}

/// What an operation does to its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Find out what it would do.
    DryRun,
    /// Do it.
    Commit,
    /// Take it back.
    Undo,
}

impl Kind {
    /// As the schema writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::DryRun => "DRY_RUN",
            Self::Commit => "COMMIT",
            Self::Undo => "UNDO",
        }
    }

    /// As the schema wrote it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::DryRun, Self::Commit, Self::Undo].into_iter().find(|kind| kind.code() == code)
    }
}

/// How far an operation is, as others see it meanwhile.
pub struct Progress {
    pool: PgPool,
    operation_id: Uuid,
    done: i32,
    total: i32,
}

impl Progress {
    /// Of an operation with so many stages.
    pub fn of(pool: PgPool, operation_id: Uuid, stages: usize) -> Self {
        Self { pool, operation_id, done: 0, total: i32::try_from(stages).unwrap_or(i32::MAX) }
    }

    /// A stage begins; the one before is done. That it cannot be shown does not hinder it.
    pub async fn begins(&mut self, stage: &str) {
        let shown = sqlx::query!(
            "insert into operation_progress (operation_id, stage, done, total)
             values ($1, $2, $3, $4)
             on conflict (operation_id) do update
             set stage = excluded.stage, done = excluded.done, total = excluded.total",
            self.operation_id,
            stage,
            self.done,
            self.total,
        )
        .execute(&self.pool)
        .await;
        if let Err(error) = shown {
            tracing::warn!(cause = %Failure::from(error), "cannot show an operation's progress");
        }
        tracing::info!(operation_id = %self.operation_id, stage, "an operation comes to a stage");
        self.done += 1;
    }
}

/// Locks an operation that is to be done. False where somebody else holds it or has done it.
pub async fn hold(acting: &mut Acting, operation_id: Uuid) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select true as "held!" from operation
           where operation_id = $1 and state = 'WAITING'
           for no key update skip locked"#,
        operation_id,
    )
    .fetch_optional(acting.db())
    .await?;
    Ok(held.is_some())
}

/// Says that an operation that is held succeeded, and with what answer, as it is told one day;
/// `act_id` where it was an act.
pub async fn succeeded(
    acting: &mut Acting,
    operation_id: Uuid,
    act_id: Option<Uuid>,
    answer: Vec<u8>,
) -> Result<(), Failure> {
    sqlx::query!(
        "update operation
         set state = 'SUCCEEDED', finished_at = clock_timestamp(), act_id = $2, answer = $3
         where operation_id = $1",
        operation_id,
        act_id,
        answer,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}

/// What a plan that was committed has done.
#[derive(Clone, Copy, Debug)]
pub struct Committed {
    /// Which.
    pub plan_id: Uuid,
    /// The act that it was.
    pub act_id: Uuid,
    /// Units that it founded.
    pub units_founded: usize,
    /// Units that it ended.
    pub units_ended: usize,
    /// Units that it handed over.
    pub units_moved: usize,
    /// Units that it renamed.
    pub units_renamed: usize,
    /// Units whose type it changed.
    pub units_type_changed: usize,
}
