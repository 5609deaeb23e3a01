//! A read, and what its answer says of what was waited for.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::{PgConnection, Postgres, Transaction};
use tonic::Response;
use uuid::Uuid;

use crate::call::respond;
use crate::refusal::Failure;
use crate::seen::{Keys, Seen};

/// A read in progress: one snapshot, read only, with the end user's scope.
pub struct Reading {
    pub(super) transaction: Transaction<'static, Postgres>,
    /// What the reader has now seen.
    pub(super) seen: Seen,
    pub(super) service: &'static str,
    pub(super) keys: Arc<Keys>,
}

/// What an answer that goes on reading says of what was waited for.
pub struct Replying {
    seen: Option<String>,
}

impl Replying {
    /// The response, with the consistency token.
    pub fn with<R>(self, message: R) -> Response<R> {
        respond(message, self.seen)
    }
}

impl Reading {
    /// The response, with the consistency token of what was waited for.
    pub fn reply<R>(self, message: R) -> Response<R> {
        self.replying().with(message)
    }

    /// For a response that goes on reading, message by message, and takes the reading along.
    pub fn replying(&self) -> Replying {
        Replying { seen: (!self.seen.is_empty()).then(|| self.seen.encode(&self.keys)) }
    }

    /// Whoever reads this has seen an act of this service, as if it had just been answered:
    /// what an operation did is told by reading the operation.
    pub async fn has_seen_act(&mut self, act_id: Uuid) -> Result<(), Failure> {
        let change = sqlx::query!(
            r#"select change_id as "change_id!", (select epoch from feed.head) as "epoch!"
               from (select change_id from feed.pending where act_id = $1 and act_complete
                     union all
                     select change_id from feed.stream where act_id = $1 and act_complete) last
               limit 1"#,
            act_id,
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        if let Some(change) = change {
            let seen = std::mem::take(&mut self.seen);
            self.seen = seen.with_change(self.service, change.epoch, change.change_id);
        }
        Ok(())
    }
}

impl Deref for Reading {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}
