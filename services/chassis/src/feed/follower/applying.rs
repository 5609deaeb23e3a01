//! Acts that were read, applied: several in one transaction, with how far this service has come.

use std::mem;
use std::panic::AssertUnwindSafe;

use anyhow::anyhow;
use futures_util::FutureExt;
use proto::refusal::v1::Reason;
use tracing::{Instrument, Span, info_span};
use uuid::Uuid;

use super::following::{Follow, Following};
use super::interruption::{Interruption, passing};
use super::reading::{self, Head};
use super::{BEGIN_LARGE, REGISTRY, Session};
use crate::database::LARGE_BYTES;
use crate::feed::change::{ActStamp, Change};
use crate::feed::pending::append;
use crate::refusal::{Failure, Refusal};
use crate::seen::Applied;
use crate::telemetry;

impl<F: Follow> Session<'_, F> {
    /// Applies the acts of these changes in one transaction; or, if one of them fails, each in its
    /// own, so that those before it are applied and it is named. Answers whether they left something
    /// to do.
    pub(super) async fn apply_all(
        &self,
        changes: &[Change],
        head: Head,
    ) -> Result<bool, Interruption> {
        match self.apply(changes, head).await {
            Ok(left) => return Ok(left),
            Err(failure) if passing(&failure) => return Err(failure.into()),
            Err(failure) => tracing::warn!(
                service = self.feed.service,
                source = F::SOURCE,
                changes = changes.len(),
                cause = %failure,
                "a batch was rolled back; its acts are tried one by one"
            ),
        }
        let mut left = false;
        for act in reading::acts(changes) {
            match self.apply(act, head).await {
                Ok(leaves) => left |= leaves,
                Err(failure) if passing(&failure) => return Err(failure.into()),
                Err(failure) => {
                    return Err(Interruption::Halted(reading::not_applied(act, &failure)));
                }
            }
        }
        Ok(left)
    }

    async fn apply(&self, changes: &[Change], head: Head) -> Result<bool, Failure> {
        let bytes: usize = changes.iter().map(|change| change.body.value.len()).sum();
        let begin = if bytes > LARGE_BYTES { BEGIN_LARGE } else { "begin" };
        let mut transaction = self.feed.pool.begin_with(begin).await?;
        let change_ids: Vec<Uuid> = changes.iter().map(|change| change.change_id).collect();
        // As the sequencer locks its head: another replica's follower waits here, and then
        // sees what this one applied.
        let locked = sqlx::query!(
            r#"select position,
                      array(select skipped.change_id from feed.skipped
                            where skipped.source = follower.source
                              and skipped.change_id = any($2)) as "skipped!: Vec<Uuid>"
               from feed.follower where source = $1 for update"#,
            F::SOURCE,
            &change_ids,
        )
        .fetch_one(&mut *transaction)
        .await?;
        // What another replica applied meanwhile is skipped in silence.
        let applied_already =
            changes.iter().take_while(|change| change.position <= locked.position).count();
        let changes = &changes[applied_already..];
        let Some(last) = changes.last() else {
            return Ok(false);
        };
        if reading::first_position(changes) != locked.position + 1 {
            return Err(position_moved().into());
        }

        let mut following = Following::new(transaction);
        let mut published = false;
        if F::TOGETHER && locked.skipped.is_empty() {
            self.apply_together(changes, &mut following).await?;
        } else {
            for act in reading::acts(changes) {
                published |= self.apply_act(act, &locked.skipped, &mut following).await?;
            }
        }
        let left = following.leaves_the_rest;
        let mut transaction = following.transaction;

        let (change_ids, positions): (Vec<Uuid>, Vec<i64>) =
            changes.iter().map(|change| (change.change_id, change.position)).unzip();
        sqlx::query!(
            "with applied as (
                 insert into feed.applied (change_id, source, position)
                 select change_id, $1, position
                 from unnest($5::uuid[], $6::bigint[]) as change (change_id, position)
             )
             update feed.follower
             set epoch = $2, position = $3, change_id = $4, halted = null, halted_at = null
             where source = $1",
            F::SOURCE,
            head.epoch,
            last.position,
            last.change_id,
            &change_ids,
            &positions,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.feed.progress.growth().wrote(bytes);

        let newest = Applied { epoch: head.epoch, position: last.position, halted: false };
        self.feed.progress.applied(F::SOURCE, newest, change_ids.into_iter().zip(positions));
        self.feed.announcements.applied.notify_one();
        if published {
            self.feed.waker.wake();
        }
        self.instruments.applied(changes.len(), head.position - last.position);
        Ok(left)
    }

    /// The span of an act that is applied, linked to the call that did it.
    fn span(&self, act: &[Change], first: &Change) -> Span {
        let span = info_span!(
            parent: None,
            "apply act",
            otel.kind = "consumer",
            service = self.feed.service,
            source = F::SOURCE,
            act_id = %first.act_id,
            kind = first.kind,
            position = reading::last_position(act),
            changes = act.len(),
        );
        telemetry::link(&span, &first.traceparent);
        span
    }

    /// Applies acts all at once. Each has its span, by which it is found from the call that did it;
    /// what is asked of the database is asked for all of them, in a span of its own.
    async fn apply_together(
        &self,
        changes: &[Change],
        following: &mut Following,
    ) -> Result<(), Failure> {
        let acts = reading::acts(changes);
        let spans: Vec<Span> = acts.filter_map(|act| Some(self.span(act, act.first()?))).collect();
        let position = reading::last_position(changes);
        let span = info_span!(
            parent: None,
            "apply acts",
            otel.kind = "consumer",
            service = self.feed.service,
            source = F::SOURCE,
            acts = spans.len(),
            position,
        );
        following.begin(position);
        let applying = self.follower.apply(following, changes).instrument(span);
        // As of one act: what panics cannot be applied.
        AssertUnwindSafe(applying)
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(anyhow!("applying acts panicked").into()))
    }

    /// Applies one act, and appends what it published; answers whether it did.
    async fn apply_act(
        &self,
        act: &[Change],
        skipped: &[Uuid],
        following: &mut Following,
    ) -> Result<bool, Failure> {
        let Some(first) = act.first() else {
            return Ok(false);
        };
        let span = self.span(act, first);
        async {
            following.begin(reading::last_position(act));
            if F::KEEPS_PAST {
                following.stamp().await?;
            }
            let applying = if skipped.is_empty() {
                self.follower.apply(following, act).boxed()
            } else {
                self.apply_others(act, skipped, following).boxed()
            };
            // A panic would end the follower in silence; an act that panics is an act that
            // cannot be applied, and the transaction is rolled back like for any other.
            AssertUnwindSafe(applying)
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(anyhow!("applying the act panicked").into()))?;

            let registry_position = match F::SOURCE {
                REGISTRY => reading::last_position(act),
                _ => reading::registry_position(act),
            };
            self.append(following, registry_position).await
        }
        .instrument(span)
        .await
    }

    /// Appends what was published; answers whether something was.
    pub(super) async fn append(
        &self,
        following: &mut Following,
        registry_position: i64,
    ) -> Result<bool, Failure> {
        let published = mem::take(&mut following.changes);
        if published.is_empty() {
            return Ok(false);
        }
        let stamp = ActStamp {
            act_id: following.act_id,
            acted_at: following.acted_at,
            actor: format!("{}.follower", self.feed.service),
            traceparent: telemetry::traceparent(),
            registry_position,
        };
        append(&mut following.transaction, &stamp, published).await?;
        Ok(true)
    }

    /// Applies what is left of an act when the changes that an operator skipped are left out.
    async fn apply_others(
        &self,
        act: &[Change],
        skipped: &[Uuid],
        following: &mut Following,
    ) -> Result<(), Failure> {
        let others: Vec<Change> =
            act.iter().filter(|change| !skipped.contains(&change.change_id)).cloned().collect();
        if others.is_empty() {
            return Ok(());
        }
        self.follower.apply(following, &others).await
    }
}

/// Our own tables went back, or another replica went on, between reading and applying: what
/// was read is of no use, and is read again.
fn position_moved() -> Refusal {
    Refusal::of(Reason::ConflictingAct).with("cause", "position")
}
