//! What membership does: one act, one file, one transaction.

pub mod admit_members;
pub mod admit_to_party;
pub mod exit_members;
pub mod hold_training_course;
mod joining;
mod leaving;
pub mod mend_consequence;
pub mod recommend_cadre;
pub mod record_applicants;
pub mod refer_to_party;
pub mod send_delegation;
pub mod transfer_members;

use chassis::refusal::Refusal;
use time::{Date, Duration};

use crate::error::Refused;
use crate::movement::Dated;

/// Refuses a day that lies too far in the future to be a decision's.
fn not_too_far(field: &'static str, on: Date, today: Date) -> Result<(), Refusal> {
    let latest = today.saturating_add(Duration::days(366));
    if on > latest {
        return Err(Refused::EffectiveDateTooFar { field, latest }.into());
    }
    Ok(())
}

/// Refuses dates that a movement decided today cannot have.
fn plausible(dated: &Dated, today: Date) -> Result<(), Refusal> {
    not_too_far("effective_on", dated.effective_on, today)?;
    if dated.decision_issued_on.is_some_and(|issued_on| issued_on > today) {
        let field = "decision_issued_on";
        return Err(Refused::DecisionInFuture { field, today }.into());
    }
    Ok(())
}
