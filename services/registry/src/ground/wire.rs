//! Between the contracts and registry's own types, both ways. Past this door every value is
//! already right; acts, reads and SQL never see prost.

pub mod attributes;
pub mod basis;
pub mod organisation;
pub mod seats;

use chassis::database::{civil_date, today};
use chassis::parse;
use chassis::refusal::Refusal;
use prost_types::Timestamp;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Longest name of an organisation or an employer, in characters.
pub(crate) const NAME_MAX: usize = 500;
/// Longest short name.
pub(crate) const SHORT_NAME_MAX: usize = 100;
/// Longest code of an organisation.
pub(crate) const CODE_MAX: usize = 40;
/// Longest code of the reference data.
pub(crate) const REFERENCE_CODE_MAX: usize = 40;
/// Longest reason, of a term or of a block.
pub(crate) const REASON_MAX: usize = 300;

/// A code as people use it: plain characters, so that it can be typed and printed anywhere.
pub(crate) fn code(field: &str, text: &str) -> Result<String, Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if text.is_empty() || text.len() > CODE_MAX || !text.chars().all(plain) {
        return Err(Refused::CodeInvalid.refusal().field(field));
    }
    Ok(text.to_string())
}

/// A required code of the reference data; whether it exists is for the act to say.
pub(crate) fn reference_code(field: &str, text: &str) -> Result<String, Refusal> {
    parse::text(field, text, REFERENCE_CODE_MAX)
}

/// An instant, or none where the message is absent.
pub(crate) fn optional_instant(
    field: &str,
    instant: Option<Timestamp>,
) -> Result<Option<OffsetDateTime>, Refusal> {
    let Some(known_at) = parse::optional_instant(field, instant)? else { return Ok(None) };
    // What will be known tomorrow, nobody knows; clocks that differ by seconds do.
    let (on, today) = (civil_date(known_at), today());
    if on > today {
        return Err(Refused::DateInFuture { on, today }.refusal().field(field));
    }
    Ok(Some(known_at))
}

/// Refuses a period that a read asks about and that ends before it begins; `field` named its
/// first day.
pub(crate) fn in_order(
    field: &str,
    from: Option<Date>,
    until: Option<Date>,
) -> Result<(), Refusal> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => {
            Err(Refused::PeriodInvalid { from, until: Some(until) }.refusal().field(field))
        }
        _ => Ok(()),
    }
}

/// Ids, each required; refusals name `field[n]`.
pub(crate) fn ids(field: &str, texts: &[String]) -> Result<Vec<Uuid>, Refusal> {
    texts.iter().enumerate().map(|(n, text)| parse::id(&format!("{field}[{n}]"), text)).collect()
}

/// Ids as the contract carries them.
pub(crate) fn texts(ids: &[Uuid]) -> Vec<String> {
    ids.iter().map(Uuid::to_string).collect()
}

/// A count as the contract carries it.
pub(crate) fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
