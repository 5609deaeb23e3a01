//! What a service does with an act of another: applies it in a transaction, and what it publishes
//! because of it is written there too.

use sqlx::{PgConnection, Postgres, Transaction};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::database::{Stamp, civil_date};
use crate::feed::change::{Change, NewChange};
use crate::refusal::Failure;

/// Applies the acts of one other service.
pub trait Follow: Send + Sync + 'static {
    /// The service whose feed is followed.
    const SOURCE: &'static str;

    /// A change waits until this service has applied, of the feed of `AFTER`, the position
    /// on which the change was decided.
    const AFTER: Option<&'static str> = None;

    /// The tables of this service keep their pasts by themselves: they are told which act it is,
    /// and when it is recorded, as acts tell them.
    const KEEPS_PAST: bool = false;

    /// Acts that arrive together are applied together: a statement for all of them takes little
    /// longer than for one. What this service does because of them it publishes nowhere, and no table
    /// of its keeps a past by itself.
    const TOGETHER: bool = false;

    /// Applies an act, in the transaction of `following`; or, where acts are applied
    /// [together](Follow::TOGETHER), as many as have arrived, the changes of one after those of the
    /// other. Several acts share a transaction, and one that fails is tried again alone: apply nothing
    /// anywhere else.
    fn apply(
        &self,
        following: &mut Following,
        changes: &[Change],
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Does a part of what acts that are applied have left to do, in a transaction of its own.
    /// What an act means for a million is too much for one: nothing that comes after the act could
    /// be applied meanwhile, and nobody who has seen it could be answered. Called where an act has
    /// said [`Following::leave_the_rest`], and once whenever following begins, since whoever applied
    /// it may have died; as long as the rest is left again, and always after what has arrived.
    fn go_on(
        &self,
        _following: &mut Following,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        async { Ok(()) }
    }
}

/// An act of another service, being applied.
pub struct Following {
    pub(super) transaction: Transaction<'static, Postgres>,
    pub(super) changes: Vec<NewChange>,
    pub(super) source_position: i64,
    pub(super) leaves_the_rest: bool,
    /// Names, in this service's own rows and changes, what it does because of the act; UUIDv7.
    pub act_id: Uuid,
    /// When this service does it: one instant for all its rows.
    pub acted_at: OffsetDateTime,
    /// The civil date of `acted_at`, which may be long after the act.
    pub today: Date,
}

impl Following {
    pub(super) fn new(transaction: Transaction<'static, Postgres>) -> Self {
        let Stamp { act_id, acted_at } = Stamp::now();
        Self {
            transaction,
            changes: Vec::new(),
            source_position: 0,
            leaves_the_rest: false,
            act_id,
            acted_at,
            today: civil_date(acted_at),
        }
    }

    /// The transaction's connection.
    pub fn db(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Publishes a change in this service's own feed, as a consequence of the act that is
    /// being applied. The consequences of one act are one act.
    pub fn publish(&mut self, change: NewChange) {
        self.changes.push(change);
    }

    /// Something is left to do that [`Follow::go_on`] will find.
    pub fn leave_the_rest(&mut self) {
        self.leaves_the_rest = true;
    }

    /// Whether the act that is being applied has had consequences that are published.
    pub fn has_published(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The position of the last change of the act that is being applied.
    pub fn source_position(&self) -> i64 {
        self.source_position
    }

    /// The next act, whose last change has this position, shares the transaction.
    pub(super) fn begin(&mut self, source_position: i64) {
        self.source_position = source_position;
        Stamp { act_id: self.act_id, acted_at: self.acted_at } = Stamp::now();
        self.today = civil_date(self.acted_at);
    }

    /// Tells the database which act this is.
    pub(super) async fn stamp(&mut self) -> Result<(), Failure> {
        let stamp = Stamp { act_id: self.act_id, acted_at: self.acted_at };
        sqlx::query!(
            r#"select set_config('congdoan.act_id', $1, true) as "act_id!",
                      set_config('congdoan.acted_at', $2, true) as "acted_at!""#,
            stamp.act_id.to_string(),
            stamp.instant(),
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
