//! Which days a movement decided today can have.

use chassis::refusal::Refusal;
use time::util::days_in_month;
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

/// Refuses a day that has not come.
pub(crate) fn not_in_future(field: &'static str, on: Date, today: Date) -> Result<(), Refusal> {
    if on > today {
        return Err(Refused::DateInFuture { field, on, today }.into());
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

/// The same day some calendar months later, or the last of the month that has no such day.
pub(crate) fn months_after(day: Date, months: i32) -> Date {
    let counted = day.year() * 12 + i32::from(u8::from(day.month())) - 1 + months;
    let (year, month) = (counted.div_euclid(12), counted.rem_euclid(12));
    let month = u8::try_from(month + 1).ok().and_then(|month| time::Month::try_from(month).ok());
    month
        .and_then(|month| {
            let last = days_in_month(month, year);
            Date::from_calendar_date(year, month, day.day().min(last)).ok()
        })
        .unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn months_are_calendar_months() {
        assert_eq!(months_after(date!(2024 - 01 - 31), 1), date!(2024 - 02 - 29));
        assert_eq!(months_after(date!(2024 - 12 - 15), 12), date!(2025 - 12 - 15));
        assert_eq!(months_after(date!(2023 - 11 - 30), 3), date!(2024 - 02 - 29));
    }
}
