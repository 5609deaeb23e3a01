//! Parse once, at the door, into values that cannot be wrong.
//!
//! Each function takes the name of the field as the caller wrote it, so that a refusal names
//! it: `lines[12].name`.

use proto::google::r#type::Date as WireDate;
use proto::refusal::v1::Reason;
use time::{Date, Month};
use tonic::Code;
use unicode_normalization::is_nfc;
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
    Uuid::parse_str(text).map(Some).map_err(|_| {
        Refusal::shared(
            Code::InvalidArgument,
            Reason::IdMalformed,
            "Mã định danh không phải là UUID.",
            "the id is not a UUID",
        )
        .field(field)
    })
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
    parsed.map(Some).ok_or_else(|| {
        Refusal::shared(
            Code::InvalidArgument,
            Reason::DateMalformed,
            "Ngày không có trong lịch, hoặc ngoài khoảng 1900 đến 2200.",
            "the date is no day of the calendar, or lies outside 1900 to 2200",
        )
        .field(field)
    })
}

/// A civil date as the contracts carry it.
pub fn civil(date: Date) -> WireDate {
    WireDate {
        year: date.year(),
        month: i32::from(u8::from(date.month())),
        day: i32::from(date.day()),
    }
}

/// A required text of at most `limit` characters, in NFC, without control characters and
/// without white space at its ends.
pub fn text(field: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    optional_text(field, text, limit)?.ok_or_else(|| required(field))
}

/// As [`text`], or none where it is empty.
pub fn optional_text(field: &str, text: &str, limit: usize) -> Result<Option<String>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    if !is_nfc(text) {
        return Err(Refusal::shared(
            Code::InvalidArgument,
            Reason::TextNotNfc,
            "Văn bản chưa ở dạng chuẩn Unicode NFC.",
            "the text is not in Unicode normalisation form C",
        )
        .field(field));
    }
    let characters = text.chars().count();
    if characters > limit {
        return Err(Refusal::shared(
            Code::InvalidArgument,
            Reason::TextTooLong,
            format!("Văn bản dài {characters} ký tự, tối đa {limit}."),
            format!("the text has {characters} characters; the limit is {limit}"),
        )
        .field(field)
        .with("characters", characters.to_string())
        .with("limit", limit.to_string()));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(Refusal::shared(
            Code::InvalidArgument,
            Reason::TextMalformed,
            "Văn bản có ký tự điều khiển, hoặc khoảng trắng ở đầu hay cuối.",
            "the text has control characters, or white space at an end",
        )
        .field(field));
    }
    Ok(Some(text.to_string()))
}

/// Refuses a list with more lines than one call may carry.
pub fn at_most(field: &str, lines: usize, limit: usize) -> Result<(), Refusal> {
    if lines <= limit {
        return Ok(());
    }
    Err(Refusal::shared(
        Code::InvalidArgument,
        Reason::TooManyLines,
        format!("Danh sách có {lines} dòng, tối đa {limit}."),
        format!("the list has {lines} lines; the limit is {limit}"),
    )
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
    Refusal::shared(
        Code::InvalidArgument,
        Reason::FieldRequired,
        "Thiếu trường bắt buộc.",
        "a required field is missing",
    )
    .field(field)
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
    fn a_text_in_decomposed_form_is_refused() {
        let decomposed = "Cha\u{300}o";
        assert_eq!(text("name", decomposed, 10).expect_err("refused").reason(), "TEXT_NOT_NFC");
        assert_eq!(text("name", "Chào", 10), Ok("Chào".to_string()));
    }

    #[test]
    fn a_text_is_measured_in_characters_not_in_bytes() {
        assert!(text("name", "đđđ", 3).is_ok());
        assert_eq!(text("name", "đđđđ", 3).expect_err("refused").reason(), "TEXT_TOO_LONG");
    }

    #[test]
    fn white_space_at_an_end_and_control_characters_are_refused() {
        for bad in [" a", "a ", "a\u{7}b", "a\nb"] {
            assert_eq!(text("name", bad, 9).expect_err("refused").reason(), "TEXT_MALFORMED");
        }
    }
}
