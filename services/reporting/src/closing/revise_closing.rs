//! ReviseClosing: what is known since is frozen beside what was closed.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use chassis::signing::SigningKeys;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::closing::chain::{digest, sign};
use crate::closing::closings::{self, Closing};
use crate::closing::differences::differences;
use crate::closing::frozen::Frozen;
use crate::closing::telling::period_closed;
use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::refused::Refused;

/// Which closing, why, and what the caller's reading counted of its period, just before.
pub struct ReviseClosing {
    /// The keys that sign.
    pub keys: Arc<SigningKeys>,
    /// The closing, as it is known.
    pub closing: Closing,
    /// What is counted now.
    pub frozen: Frozen,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

/// A further revision.
#[derive(Debug, Serialize, Deserialize)]
pub struct Revised {
    /// Which closing that is.
    pub closing_id: Uuid,
    /// 2 or more.
    pub revision: i32,
    /// The last link of its chain.
    pub digest: String,
    /// How many cells are other than before.
    pub differing: i32,
}

impl Act for ReviseClosing {
    type Answer = Revised;

    async fn perform(self, acting: &mut Acting) -> Result<Revised, Failure> {
        let earlier = self.closing;
        let (organisation_id, period) = (earlier.organisation_id, earlier.period);
        if named(acting, &[organisation_id]).await?.is_empty() {
            return Err(Refused::ClosingUnknown { closing_id: earlier.closing_id }.into());
        }
        refuse_unknown_decision(acting, self.decision_id, &[organisation_id]).await?;
        let newest = closings::newest(acting, organisation_id, period).await?;
        if let Some((closing_id, revision)) = newest.filter(|(id, _)| *id != earlier.closing_id) {
            return Err(Refused::PeriodClosed { closing_id, revision }.into());
        }
        let known = closings::all_cells(acting.db(), earlier.closing_id).await?;
        let frozen = self.frozen;
        let differing = differences(&known, &frozen.cells).len();
        if differing == 0 {
            return Err(Refused::ClosingChangesNothing { revision: earlier.revision }.into());
        }
        let mut closing = Closing {
            closing_id: Uuid::now_v7(),
            organisation_name: frozen.organisation_name,
            revision: earlier.revision + 1,
            earlier_id: Some(earlier.closing_id),
            known_at: frozen.known.at,
            positions: frozen.known.positions,
            indicators: frozen.indicators,
            cells: i32::try_from(frozen.cells.len()).unwrap_or(i32::MAX),
            earlier_digest: earlier.digest.clone(),
            actor: acting.caller.principal(),
            reason: self.reason,
            decision_id: self.decision_id,
            ..earlier
        };
        closing.digest = digest(&closing.header(), frozen.cells.iter());
        closing.signed = sign(&self.keys, acting.today, &closing.digest)?;
        closings::write(acting, &closing, &frozen.cells).await?;
        let (closed, on) = (period_closed(&closing), period.through);
        acting.publish(feeds::reporting::change(closed, organisation_id, on, self.decision_id));
        decided_on_registry(acting).await?;
        Ok(Revised {
            closing_id: closing.closing_id,
            revision: closing.revision,
            digest: closing.digest,
            differing: i32::try_from(differing).unwrap_or(i32::MAX),
        })
    }
}
