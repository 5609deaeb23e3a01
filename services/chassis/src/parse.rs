//! Parse once, at the door, into values that cannot be wrong.
//!
//! Each function takes the name of the field as the caller wrote it, so that a refusal names
//! it: `lines[12].name`.

pub use prost_types::Timestamp;
use proto::door::text::{Wrong, ordered};
use proto::door::{Kind, Rule};
use proto::google::r#type::Date as WireDate;
use proto::refusal::v1::Reason;
use time::{Date, Month, OffsetDateTime};
use uuid::Uuid;

use crate::refusal::Refusal;

/// The longest page that a caller may ask for.
pub const PAGE_SIZE_MAX: i64 = 500;
const PAGE_SIZE_DEFAULT: i64 = 50;

/// A required id.
pub fn id(field: &str, text: &str) -> Result<Uuid, Refusal> {
    optional_id(field, text)?.ok_or_else(|| required(field))
}

/// An id, or none where the text is empty.
pub fn optional_id(field: &str, text: &str) -> Result<Option<Uuid>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    Uuid::parse_str(text).map(Some).map_err(|_| Refusal::of(Reason::IdMalformed).field(field))
}

/// An instant of a year that anything here can be of, or none where the message is absent.
pub fn optional_instant(
    field: &str,
    instant: Option<Timestamp>,
) -> Result<Option<OffsetDateTime>, Refusal> {
    let Some(instant) = instant else { return Ok(None) };
    let nanoseconds = i128::from(instant.seconds) * 1_000_000_000 + i128::from(instant.nanos);
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .ok()
        .filter(|instant| (1900..=2200).contains(&instant.year()))
        .map(Some)
        .ok_or_else(|| Refusal::of(Reason::DateMalformed).with("of", "instant").field(field))
}

/// A required civil date.
pub fn date(field: &str, date: Option<WireDate>) -> Result<Date, Refusal> {
    optional_date(field, date)?.ok_or_else(|| required(field))
}

/// A civil date, or none where the message is absent.
pub fn optional_date(field: &str, date: Option<WireDate>) -> Result<Option<Date>, Refusal> {
    let Some(date) = date else { return Ok(None) };
    let parsed = u8::try_from(date.month)
        .ok()
        .and_then(|month| Month::try_from(month).ok())
        .zip(u8::try_from(date.day).ok())
        .and_then(|(month, day)| Date::from_calendar_date(date.year, month, day).ok())
        .filter(|parsed| (1900..=2200).contains(&parsed.year()));
    parsed.map(Some).ok_or_else(|| Refusal::of(Reason::DateMalformed).field(field))
}

/// A civil date as the contracts carry it.
pub fn civil(date: Date) -> WireDate {
    WireDate {
        year: date.year(),
        month: i32::from(u8::from(date.month())),
        day: i32::from(date.day()),
    }
}

/// An instant as the contracts carry it.
pub fn instant(at: OffsetDateTime) -> Timestamp {
    Timestamp {
        seconds: at.unix_timestamp(),
        // Below 1,000,000,000: fits.
        nanos: i32::try_from(at.nanosecond()).unwrap_or_default(),
    }
}

/// An id that may be absent; the contracts write an absent one as an empty text.
pub fn id_or_empty(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// A required text of at most `limit` characters, in order: in NFC, without what has no ink,
/// and without white space at its ends.
pub fn text(field: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    optional_text(field, text, limit)?.ok_or_else(|| required(field))
}

/// As [`text`], or none where nothing is left of it.
pub fn optional_text(field: &str, text: &str, limit: usize) -> Result<Option<String>, Refusal> {
    let rule = Rule { kind: Kind::Name, characters_max: limit };
    let ordered = ordered(text, rule).map_err(|wrong| text_refused(field, wrong))?;
    let text = ordered.unwrap_or_else(|| text.to_string());
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// The refusal of a text that cannot be taken.
pub fn text_refused(field: &str, wrong: Wrong) -> Refusal {
    match wrong {
        Wrong::TooLong { characters, limit } => Refusal::of(Reason::TextTooLong)
            .field(field)
            .with("characters", characters.to_string())
            .with("limit", limit.to_string()),
        Wrong::Malformed => Refusal::of(Reason::TextMalformed).field(field),
    }
}

/// The refusal of a number that stands for no value of its enumeration.
pub fn value_unknown(field: &str, value: i32) -> Refusal {
    Refusal::of(Reason::EnumValueUnknown).field(field).with("value", value.to_string())
}

/// The refusal of a count that is less than nothing.
pub fn negative(field: &str, value: i32) -> Refusal {
    Refusal::of(Reason::NumberNegative).field(field).with("value", value.to_string())
}

/// Refuses a list with more lines than one call may carry.
pub fn at_most(field: &str, lines: usize, limit: usize) -> Result<(), Refusal> {
    if lines <= limit {
        return Ok(());
    }
    Err(Refusal::of(Reason::TooManyLines)
        .field(field)
        .with("lines", lines.to_string())
        .with("limit", limit.to_string()))
}

/// How many rows a page holds: the default where nothing was asked, never above the limit.
pub fn page_size(asked: i32) -> i64 {
    match i64::from(asked) {
        ..=0 => PAGE_SIZE_DEFAULT,
        asked => asked.min(PAGE_SIZE_MAX),
    }
}

/// The refusal of a missing field.
pub fn required(field: &str) -> Refusal {
    Refusal::of(Reason::FieldRequired).field(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(year: i32, month: i32, day: i32) -> Option<WireDate> {
        Some(WireDate { year, month, day })
    }

    #[test]
    fn a_date_that_is_not_in_the_calendar_is_refused_with_its_field() {
        for bad in [wire(2025, 2, 30), wire(0, 1, 1), wire(2025, 13, 1), wire(2025, 6, 0)] {
            let refusal = date("effective_on", bad).expect_err("refused");
            assert_eq!(refusal.reason(), "DATE_MALFORMED");
            assert_eq!(refusal.fields().collect::<Vec<_>>(), ["effective_on"]);
        }
        assert_eq!(
            date("effective_on", wire(2024, 2, 29)).map(civil),
            Ok(WireDate { year: 2024, month: 2, day: 29 })
        );
    }

    #[test]
    fn a_text_is_brought_into_order() {
        let ordered = |given| text("name", given, 10);
        assert_eq!(ordered("Cha\u{300}o").as_deref(), Ok("Chào"));
        assert_eq!(ordered(" Chào\u{a0}").as_deref(), Ok("Chào"));
        assert_eq!(ordered("\u{200b}").expect_err("refused").reason(), "FIELD_REQUIRED");
        assert_eq!(optional_text("name", "\u{200b}", 10), Ok(None));
    }

    #[test]
    fn a_text_is_measured_in_characters_not_in_bytes() {
        assert!(text("name", "đđđ", 3).is_ok());
        assert_eq!(text("name", "đđđđ", 3).expect_err("refused").reason(), "TEXT_TOO_LONG");
    }

    #[test]
    fn control_characters_and_what_turns_text_are_refused() {
        for bad in ["a\u{7}b", "a\nb", "a\0", "a\u{202e}b"] {
            assert_eq!(text("name", bad, 9).expect_err("refused").reason(), "TEXT_MALFORMED");
        }
    }

    #[test]
    fn a_negative_count_is_refused_with_its_field() {
        let refusal = negative("page_size", -1);
        assert_eq!(refusal.reason(), "NUMBER_NEGATIVE");
        assert_eq!(refusal.fields().collect::<Vec<_>>(), ["page_size"]);
    }

    #[test]
    fn a_number_without_a_value_is_refused_with_its_field() {
        let refusal = value_unknown("lines[2].sex", 9);
        assert_eq!(refusal.reason(), "ENUM_VALUE_UNKNOWN");
        assert_eq!(refusal.fields().collect::<Vec<_>>(), ["lines[2].sex"]);
    }
}
