//! Which days a movement decided today can have.

use chassis::refusal::Refusal;
use time::{Date, Duration};

use crate::ground::decision::Basis;
use crate::ground::movement::Dated;
use crate::ground::refused::Refused;

/// Refuses a day that lies too far in the future to be a decision's.
pub(crate) fn not_too_far(field: &'static str, on: Date, today: Date) -> Result<(), Refusal> {
    let latest = today.saturating_add(Duration::days(366));
    if on > latest {
        return Err(Refused::EffectiveDateTooFar { field, latest }.into());
    }
    Ok(())
}

/// Refuses dates that a movement decided today cannot have.
pub(crate) fn plausible(dated: &Dated, today: Date) -> Result<(), Refusal> {
    not_too_far("effective_on", dated.effective_on, today)?;
    if dated.decision_issued_on.is_some_and(|issued_on| issued_on > today) {
        let field = "decision_issued_on";
        return Err(Refused::DecisionInFuture { field, today }.into());
    }
    signed(dated.basis.as_ref(), today)
}

/// Refuses a decision that was not signed yet.
pub(crate) fn signed(basis: Option<&Basis>, today: Date) -> Result<(), Refusal> {
    if let Some(Basis::New(decision)) = basis
        && decision.issued_on.is_some_and(|issued_on| issued_on > today)
    {
        let field = decision.issued_on_field;
        return Err(Refused::DecisionInFuture { field, today }.into());
    }
    Ok(())
}
