//! WithdrawTemplate: what the nearest superior prints holds again.

use chassis::database::{Act, Acting, today};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, refuse_unknown_decision};
use crate::ground::refused::Refused;
use crate::report::set_template::{Further, Set, newest};
use crate::report::told::template_withdrawn;

/// An organisation has none of its own any more.
pub struct WithdrawTemplate {
    /// Whose.
    pub organisation_id: Uuid,
    /// Its code.
    pub code: String,
    /// The version that the caller has read.
    pub read: Option<i32>,
    /// By which decision.
    pub decision_id: Option<Uuid>,
    /// Why.
    pub reason: String,
}

impl Act for WithdrawTemplate {
    type Answer = (Set, String);

    async fn perform(self, acting: &mut Acting) -> Result<(Set, String), Failure> {
        let newest = newest(acting, self.organisation_id, &self.code, self.read).await?;
        refuse_unknown_decision(acting, self.decision_id, &[self.organisation_id]).await?;
        let Some(newest) = newest.filter(|newest| newest.body.is_some()) else {
            return Err(Refused::TemplateUnknown { template: self.code }.into());
        };
        let further = Further {
            organisation_id: self.organisation_id,
            code: &self.code,
            version: newest.version + 1,
            title: &newest.title,
            draft: None,
            decision_id: self.decision_id,
            reason: &self.reason,
        };
        let withdrawn = further.add(acting).await?;
        let (id, unit) = (withdrawn.template_version_id, self.organisation_id);
        let told = template_withdrawn(id, unit, &self.code, withdrawn.version);
        acting.publish(feeds::reporting::change(told, unit, today(), self.decision_id));
        decided_on_registry(acting).await?;
        Ok((withdrawn, newest.title))
    }
}
