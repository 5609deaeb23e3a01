//! `grpc-timeout`: how long the caller will wait for the answer.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue};

/// The header, in both directions.
pub(super) const GRPC_TIMEOUT: &str = "grpc-timeout";

tokio::task_local! {
    /// When the time of the call being answered is over.
    pub(super) static DEADLINE: Option<Instant>;
}

/// How much of the time of the call being answered is left: no call out may take longer.
/// None outside a call, and in one without a deadline.
pub fn remaining() -> Option<Duration> {
    let deadline = DEADLINE.try_with(|deadline| *deadline).ok().flatten()?;
    Some(deadline.saturating_duration_since(Instant::now()))
}

/// What the caller asked for. What cannot be read is taken for nothing asked.
pub(super) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3_600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

/// The header's value for a duration: at most eight digits, in milliseconds or, for those
/// who wait more than a day, in seconds.
pub(super) fn written(left: Duration) -> HeaderValue {
    let text = match left.as_millis() {
        ms @ ..=99_999_999 => format!("{ms}m"),
        ms => format!("{}S", (ms / 1_000).min(99_999_999)),
    };
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("0m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(GRPC_TIMEOUT, text.parse().expect("a header"));
        asked(&headers)
    }

    #[test]
    fn every_unit_of_the_protocol_is_read() {
        assert_eq!(read("2H"), Some(Duration::from_secs(7_200)));
        assert_eq!(read("3M"), Some(Duration::from_secs(180)));
        assert_eq!(read("4S"), Some(Duration::from_secs(4)));
        assert_eq!(read("250m"), Some(Duration::from_millis(250)));
        assert_eq!(read("99999999u"), Some(Duration::from_micros(99_999_999)));
        assert_eq!(read("7n"), Some(Duration::from_nanos(7)));
    }

    #[test]
    fn what_is_no_timeout_asks_for_nothing() {
        for bad in ["", "S", "123456789S", "-1S", "+1S", "1.5S", "1X", "1s"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for left in [Duration::ZERO, Duration::from_millis(1_234), Duration::from_secs(864_000)] {
            assert_eq!(read(written(left).to_str().expect("ascii")), Some(left));
        }
    }
}
