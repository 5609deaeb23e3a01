//! CorrectActivity: what an activity is, as is known from now on.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::activity::counted::{Counted, difference};
use crate::activity::kept::{self, Because, Held};
use crate::activity::known;
use crate::activity::reported::Reported;
use crate::activity::told::activity_corrected;
use crate::ground::acting::{decided_on_registry, refuse_unknown_decision};
use crate::ground::ledger::{self, Teller};
use crate::ground::refused::Refused;

/// How often an activity is corrected at most: all that was known of it is answered at once.
const CORRECTIONS_MAX: i32 = 100;

/// An activity is something else than was recorded, or has become so.
pub struct CorrectActivity {
    /// Which.
    pub activity_id: Uuid,
    /// All of it.
    pub now: Reported,
    /// The revision that the caller has read.
    pub read: Option<i32>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

/// What is known from now on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// 2 or more.
    pub revision: i32,
}

impl Act for CorrectActivity {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        let unit = kept::unit(acting, self.activity_id).await?;
        known::check(acting, std::slice::from_ref(&self.now), &[unit]).await?;
        let held = kept::hold(acting, self.activity_id, unit, self.read).await?;
        self.refuse_unfit(&held)?;
        let now = &self.now.activity;
        let units = [unit, now.organisation_id];
        refuse_unknown_decision(acting, self.decision_id, &units).await?;

        let because =
            Because { reason: &self.reason, decision_id: self.decision_id, undone: false };
        let replaced_at = kept::keep(acting, self.activity_id, because).await?;
        let counted = Counted::of(self.now.kind, now);
        let (act_id, revision) = (acting.act_id, held.revision + 1);
        sqlx::query!(
            "update activity set organisation_id = $2, held_on = $3, members_reached = $4,
                                 workers_reached = $5, times = $6, fields = $7, counted = $8,
                                 revision = $9, recorded_at = $10, act_id = $11
             where activity_id = $1",
            self.activity_id,
            now.organisation_id,
            now.held_on,
            now.members_reached,
            now.workers_reached,
            now.times,
            Json(&now.fields) as _,
            Json(&counted) as _,
            revision,
            replaced_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let facts = difference(Some((unit, &held.counted)), Some((now.organisation_id, &counted)));
        let teller = Teller::of(acting);
        ledger::write(acting.db(), teller, &facts).await?;

        let corrected = activity_corrected(self.activity_id, revision, &held.activity, now);
        let first_on = held.activity.held_on.min(now.held_on);
        let of = units.into_iter().min().unwrap_or(unit);
        acting.publish(feeds::reporting::change(corrected, of, first_on, self.decision_id));
        decided_on_registry(acting).await?;
        Ok(Corrected { revision })
    }
}

impl CorrectActivity {
    fn refuse_unfit(&self, held: &Held) -> Result<(), Refused> {
        let (activity_id, now) = (self.activity_id, &self.now.activity);
        if held.activity.kind != now.kind {
            return Err(Refused::ActivityKindDiffers {
                field: "activity.kind_code".to_string(),
                kind: held.activity.kind.clone(),
                other: now.kind.clone(),
            });
        }
        if held.activity == *now {
            return Err(Refused::ActivityChangesNothing { activity_id });
        }
        if held.revision > CORRECTIONS_MAX {
            return Err(Refused::ActivityCorrectedTooOften { limit: CORRECTIONS_MAX });
        }
        Ok(())
    }
}
