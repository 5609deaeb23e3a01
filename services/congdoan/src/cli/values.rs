//! Values, as they are written behind an option.

use std::net::SocketAddr;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::language::tell;

/// `2020-12-31`.
pub(crate) fn date(text: &str) -> anyhow::Result<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| {
        anyhow::Error::msg(tell!(
            "\"{text}\" không phải là ngày có trong lịch; hãy ghi năm-tháng-ngày, như 2020-12-31",
            "\"{text}\" is no day of the calendar; write year-month-day, such as 2020-12-31"
        ))
    })
}

/// `2026-01-31T17:00:00+07:00`.
pub(crate) fn instant(text: &str) -> anyhow::Result<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
        anyhow::Error::msg(tell!(
            "\"{text}\" không phải là thời điểm; hãy ghi ngày, giờ và múi giờ, như 2026-01-31T17:00:00+07:00",
            "\"{text}\" is no instant; write day, time and offset, such as 2026-01-31T17:00:00+07:00"
        ))
    })
}

/// An id of the register.
pub(crate) fn id(text: &str) -> anyhow::Result<uuid::Uuid> {
    uuid::Uuid::try_parse(text).map_err(|_| {
        anyhow::Error::msg(tell!(
            "đây không phải định danh; định danh có 32 chữ số và chữ cái, như 01a222a1-c793-7048-b24e-bc3615c3c00c",
            "it is no id; an id has 32 digits and letters, such as 01a222a1-c793-7048-b24e-bc3615c3c00c"
        ))
    })
}

/// `20`.
pub(crate) fn count(text: &str) -> anyhow::Result<usize> {
    text.trim().parse().map_err(|_| {
        anyhow::Error::msg(tell!(
            "đây không phải là số; hãy ghi số, như 20",
            "it is no number; write one, such as 20"
        ))
    })
}

/// `127.0.0.1:8080`.
pub(crate) fn address(text: &str) -> anyhow::Result<SocketAddr> {
    text.trim().parse().map_err(|_| {
        anyhow::Error::msg(tell!(
            "đây không phải là địa chỉ; hãy ghi địa chỉ và cổng số, như 127.0.0.1:8080",
            "it is no address; write an address and a port, such as 127.0.0.1:8080"
        ))
    })
}
