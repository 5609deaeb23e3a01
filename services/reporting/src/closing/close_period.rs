//! ClosePeriod: what was counted of a period is frozen.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use chassis::signing::SigningKeys;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::closing::chain::{Signed, digest, sign};
use crate::closing::closings::{self, Closing};
use crate::closing::frozen::Frozen;
use crate::closing::telling::period_closed;
use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::period::Period;
use crate::ground::refused::Refused;

/// Whose period, and what the caller's reading counted of it, just before.
pub struct ClosePeriod {
    /// The keys that sign.
    pub keys: Arc<SigningKeys>,
    /// Whose.
    pub organisation_id: Uuid,
    /// Of which days.
    pub period: Period,
    /// What was counted; its books balance, and nobody is left to be settled.
    pub frozen: Frozen,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

/// It is closed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Closed {
    /// Which closing.
    pub closing_id: Uuid,
    /// The last link of its chain.
    pub digest: String,
}

impl Act for ClosePeriod {
    type Answer = Closed;

    async fn perform(self, acting: &mut Acting) -> Result<Closed, Failure> {
        let (organisation_id, period) = (self.organisation_id, self.period);
        // Two who close the same period queue here, on the organisation.
        if named(acting, &[organisation_id]).await?.is_empty() {
            let field = "organisation_id".to_string();
            return Err(Refused::OrganisationUnknown { field, organisation_id }.into());
        }
        refuse_unknown_decision(acting, self.decision_id, &[organisation_id]).await?;
        if let Some((closing_id, revision)) =
            closings::newest(acting, organisation_id, period).await?
        {
            return Err(Refused::PeriodClosed { closing_id, revision }.into());
        }
        let reports = closings::refuse_outstanding(acting, organisation_id, period).await?;
        let frozen = self.frozen;
        let mut closing = Closing {
            closing_id: Uuid::now_v7(),
            organisation_id,
            organisation_name: frozen.organisation_name,
            period,
            revision: 1,
            earlier_id: None,
            tree_on: period.through,
            known_at: frozen.known.at,
            positions: frozen.known.positions,
            indicators: frozen.indicators,
            cells: i32::try_from(frozen.cells.len()).unwrap_or(i32::MAX),
            earlier_digest: String::new(),
            digest: String::new(),
            signed: Signed { key_id: String::new(), signature: String::new() },
            actor: acting.caller.principal(),
            reason: String::new(),
            decision_id: self.decision_id,
            reports,
        };
        closing.digest = digest(&closing.header(), frozen.cells.iter());
        closing.signed = sign(&self.keys, acting.today, &closing.digest)?;
        closings::write(acting, &closing, &frozen.cells).await?;
        let (closed, on) = (period_closed(&closing), period.through);
        acting.publish(feeds::reporting::change(closed, organisation_id, on, self.decision_id));
        decided_on_registry(acting).await?;
        Ok(Closed { closing_id: closing.closing_id, digest: closing.digest })
    }
}
