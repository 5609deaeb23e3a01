//! AssignTarget: a unit is told what to reach, or is told anew.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;

use crate::ground::acting::decided_on_registry;
use crate::target::assigning::{self, Assigned};
use crate::target::assignment::{Assignment, Lines};
use crate::target::telling::target_assigned;

/// What the unit is to reach.
pub struct AssignTarget(pub Assignment);

impl Act for AssignTarget {
    type Answer = Assigned;

    async fn perform(self, acting: &mut Acting) -> Result<Assigned, Failure> {
        let assigned = assigning::assign(acting, &[self.0], Lines::Itself).await?;
        let target = &assigned[0];
        let (target_id, revision) = (target.target_id, target.revision);
        let (on, decision_id) = (target.assigned_on, target.decision_id);
        let change = target_assigned(target);
        acting.publish(feeds::reporting::change(change, target_id, on, decision_id));
        decided_on_registry(acting).await?;
        Ok(Assigned { target_id, revision })
    }
}
