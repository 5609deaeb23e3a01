//! UndoActivity: what was recorded never took place.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::activity::counted::difference;
use crate::activity::kept::{self, Because};
use crate::activity::told::activity_undone;
use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::ledger::{self, Teller};

/// An activity never took place.
pub struct UndoActivity {
    /// Which.
    pub activity_id: Uuid,
    /// The revision that the caller has read.
    pub read: Option<i32>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

impl Act for UndoActivity {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        let unit = kept::unit(acting, self.activity_id).await?;
        named(acting, &[unit]).await?;
        let held = kept::hold(acting, self.activity_id, unit, self.read).await?;
        refuse_unknown_decision(acting, self.decision_id, &[unit]).await?;

        let because = Because { reason: &self.reason, decision_id: self.decision_id, undone: true };
        kept::keep(acting, self.activity_id, because).await?;
        sqlx::query!("delete from activity where activity_id = $1", self.activity_id)
            .execute(acting.db())
            .await?;
        let (teller, facts) = (Teller::of(acting), difference(Some((unit, &held.counted)), None));
        ledger::write(acting.db(), teller, &facts).await?;

        let undone = activity_undone(self.activity_id, &held.activity);
        let on = held.activity.held_on;
        acting.publish(feeds::reporting::change(undone, unit, on, self.decision_id));
        decided_on_registry(acting).await?;
        Ok(())
    }
}
