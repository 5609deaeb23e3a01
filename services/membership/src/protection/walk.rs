//! Going through all people in small steps, beside the calls: how far a task has come is written in the
//! transaction of each step, so that a killed one goes on where it was, and one replica at a time does it.

use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

/// People of one step.
pub const STEP: i64 = 500;

/// A step that is under way.
pub struct Step {
    /// Its transaction.
    pub transaction: Transaction<'static, Postgres>,
    /// Whom it looks at, in the order of their ids; nobody where the pass is over.
    pub person_ids: Vec<Uuid>,
    /// What the pass has done before it.
    pub done: i64,
    task: String,
}

/// Begins the next step of a task; none where another replica does it, or the last pass was over less
/// than a day ago.
pub async fn begin(pool: &PgPool, task: &str) -> Result<Option<Step>, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query!(
        "insert into person_walk (task, after) values ($1, $2)
         on conflict on constraint person_walk_key do nothing",
        task,
        Uuid::nil(),
    )
    .execute(&mut *transaction)
    .await?;
    let walk = sqlx::query!(
        "select after, done from person_walk
         where task = $1 and (finished_at is null or finished_at < now() - interval '1 day')
         for update skip locked",
        task,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(walk) = walk else { return Ok(None) };
    let person_ids = sqlx::query_scalar!(
        "select person_id from person where person_id > $1 order by person_id limit $2",
        walk.after,
        STEP,
    )
    .fetch_all(&mut *transaction)
    .await?;
    let task = task.to_string();
    Ok(Some(Step { transaction, person_ids, done: walk.done, task }))
}

impl Step {
    /// Ends the step, which has done so much; answers whether the pass goes on.
    pub async fn end(mut self, done: i64) -> Result<bool, sqlx::Error> {
        let goes_on = match self.person_ids.last() {
            Some(after) => {
                sqlx::query!(
                    "update person_walk set after = $2, done = done + $3, finished_at = null
                     where task = $1",
                    self.task,
                    after,
                    done,
                )
                .execute(&mut *self.transaction)
                .await?;
                true
            }
            None => {
                sqlx::query!(
                    "update person_walk set after = $2, done = 0, finished_at = now()
                     where task = $1",
                    self.task,
                    Uuid::nil(),
                )
                .execute(&mut *self.transaction)
                .await?;
                false
            }
        };
        self.transaction.commit().await?;
        Ok(goes_on)
    }
}
