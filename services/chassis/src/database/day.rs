//! Civil dates, as they are counted in Vietnam.

use time::{Date, OffsetDateTime, UtcOffset};

/// Today in Vietnam, where civil dates are counted.
pub fn today() -> Date {
    civil_date(OffsetDateTime::now_utc())
}

/// The civil date in Asia/Ho_Chi_Minh (UTC+7, without daylight saving) at an instant.
pub fn civil_date(instant: OffsetDateTime) -> Date {
    const VIETNAM: UtcOffset = match UtcOffset::from_hms(7, 0, 0) {
        Ok(offset) => offset,
        Err(_) => UtcOffset::UTC,
    };
    instant.to_offset(VIETNAM).date()
}
