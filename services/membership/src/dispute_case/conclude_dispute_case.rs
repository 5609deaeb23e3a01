//! Concludes a case.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Dispute, Event, Happening};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::dispute::{Kind, Outcome};
use crate::ground::refused::Refused;

/// A case ends.
pub struct ConcludeDisputeCase {
    /// The case.
    pub case_id: Uuid,
    /// The day.
    pub concluded_on: Date,
    /// How.
    pub outcome: Outcome,
    /// The document.
    pub basis: Option<Basis>,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Concluded {}

struct Open {
    organisation_id: Uuid,
    kind: i16,
    people_concerned: i32,
    opened_on: Date,
    concluded_on: Option<Date>,
}

impl Act for ConcludeDisputeCase {
    type Answer = Concluded;

    async fn perform(self, acting: &mut Acting) -> Result<Concluded, Failure> {
        let on = self.concluded_on;
        not_too_far("concluded_on", on, acting.today)?;
        signed(self.basis.as_ref(), acting.today)?;
        let whose = sqlx::query_scalar!(
            "select organisation_id from dispute_case
             where case_id = $1 and access.covers(organisation_id)",
            self.case_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(whose) = whose else {
            let unknown = Refused::DisputeCaseUnknown;
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        };
        let decision_id = rests_on(acting, self.basis.as_ref(), whose).await?;
        let open = sqlx::query_as!(
            Open,
            "select organisation_id, kind, people_concerned, opened_on, concluded_on
             from dispute_case where case_id = $1 for no key update",
            self.case_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(open) = open else { return Err(Refused::DisputeCaseUnknown.into()) };
        if let Some(concluded_on) = open.concluded_on {
            return Err(Refused::DisputeCaseConcluded { concluded_on }.into());
        }
        if on < open.opened_on {
            return Err(Refused::ConclusionTooEarly { opened_on: open.opened_on }.into());
        }
        sqlx::query!(
            "update dispute_case set concluded_on = $2, outcome = $3, concluded_decision_id = $4
             where case_id = $1",
            self.case_id,
            on,
            self.outcome as i16,
            decision_id,
        )
        .execute(acting.db())
        .await?;
        let concluded = Happening::DisputeConclusion(Dispute {
            case_id: self.case_id,
            organisation_id: open.organisation_id,
            kind: Kind::code_of(open.kind).to_string(),
            people_concerned: open.people_concerned,
            outcome: Some(Outcome::code_of(self.outcome as i16).to_string()),
        });
        acting.publish(Event::Happened(concluded).resting_on(on, decision_id));
        Ok(Concluded {})
    }
}
