//! AssignTargets: many units are told what to reach, all at once.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;

use crate::ground::target::Target;
use crate::target::assigning::{self, Assigned};
use crate::target::assignment::{Assignment, Lines};
use crate::target::telling;

/// What each of them is to reach; at least one.
pub struct AssignTargets(pub Vec<Assignment>);

impl Act for AssignTargets {
    type Answer = Vec<Assigned>;

    async fn perform(self, acting: &mut Acting) -> Result<Vec<Assigned>, Failure> {
        let lines = Lines::Of("lines");
        assigning::refuse_repeated(&self.0, lines)?;
        let targets = assigning::assign(acting, &self.0, lines).await?;
        telling::publish(acting, &targets).await?;
        let assigned =
            |target: &Target| Assigned { target_id: target.target_id, revision: target.revision };
        Ok(targets.iter().map(assigned).collect())
    }
}
