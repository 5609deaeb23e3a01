//! Undoes a case, or that it was concluded.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Dispute, Event, Happening};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::dispute;
use crate::ground::refused::Refused;

/// A case never was, or goes on.
pub struct UndoDisputeCase {
    /// The case.
    pub case_id: Uuid,
    /// It goes on.
    pub conclusion_only: bool,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {}

struct Case {
    organisation_id: Uuid,
    kind: i16,
    people_concerned: i32,
    opened_on: Date,
    concluded_on: Option<Date>,
    outcome: Option<i16>,
}

impl Case {
    fn dispute(&self, case_id: Uuid, outcome: Option<i16>) -> Dispute {
        Dispute {
            case_id,
            organisation_id: self.organisation_id,
            kind: dispute::Kind::code_of(self.kind).to_string(),
            people_concerned: self.people_concerned,
            outcome: outcome.map(|number| dispute::Outcome::code_of(number).to_string()),
        }
    }
}

impl Act for UndoDisputeCase {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
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
        let case = sqlx::query_as!(
            Case,
            "select organisation_id, kind, people_concerned, opened_on, concluded_on, outcome
             from dispute_case where case_id = $1 for update",
            self.case_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(case) = case else { return Err(Refused::DisputeCaseUnknown.into()) };
        if self.conclusion_only && case.concluded_on.is_none() {
            return Err(Refused::CorrectionChangesNothing { field: "case_id" }.into());
        }
        if let Some(on) = case.concluded_on {
            let never = Happening::DisputeConclusion(case.dispute(self.case_id, case.outcome));
            acting.publish(Event::HappeningTakenBack(never).resting_on(on, decision_id));
        }
        if self.conclusion_only {
            sqlx::query!(
                "update dispute_case
                 set concluded_on = null, outcome = null, concluded_decision_id = null
                 where case_id = $1",
                self.case_id,
            )
            .execute(acting.db())
            .await?;
        } else {
            sqlx::query!("delete from dispute_case_person where case_id = $1", self.case_id)
                .execute(acting.db())
                .await?;
            sqlx::query!("delete from dispute_case where case_id = $1", self.case_id)
                .execute(acting.db())
                .await?;
            let never = Happening::DisputeOpening(case.dispute(self.case_id, None));
            let never = Event::HappeningTakenBack(never);
            acting.publish(never.resting_on(case.opened_on, decision_id));
        }
        let undone = Correction {
            kind: Kind::DisputeCaseUndone,
            about_id: self.case_id,
            now_id: None,
            people: usize::try_from(case.people_concerned).unwrap_or_default(),
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone {})
    }
}
