//! Reference data: codes and periods that rules speak of, as CSV files compiled in. A later
//! version of a rule is another line of a file, never another line of code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::Context;
use serde::Deserialize;

#[derive(Deserialize)]
struct Code {
    code: String,
    name_vi: String,
}

/// How long a person waits before joining again, after an exit for a reason.
#[derive(Debug, Deserialize)]
pub struct WaitingPeriod {
    /// `membership.v1.ExitReason`.
    pub exit_reason: i16,
    /// Whole calendar months from the day of the exit on.
    pub months: i32,
    /// The rule, as the Charter's guidance says it.
    pub rule: String,
}

/// Where whoever has a citizen number was registered at birth, by its first three digits.
#[derive(Debug, Deserialize)]
struct NumberProvince {
    digits: String,
    code: String,
    code_2025: String,
}

static NUMBER_PROVINCES: LazyLock<BTreeMap<String, (String, String)>> = LazyLock::new(|| {
    let provinces: Vec<NumberProvince> = rows(include_str!("../../reference/number_provinces.csv"))
        .expect("the provinces compiled in are well written");
    let provinces = provinces.into_iter();
    provinces.map(|line| (line.digits, (line.code, line.code_2025))).collect()
});

static TOPICS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/topics.csv")));

static EVENTS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/events.csv")));

static WAITING_PERIODS: LazyLock<Vec<WaitingPeriod>> = LazyLock::new(|| {
    rows(include_str!("../../reference/waiting_periods.csv"))
        .expect("the waiting periods compiled in are well written")
});

fn codes(file: &str) -> BTreeMap<String, String> {
    let codes: Vec<Code> = rows(file).expect("the codes compiled in are well written");
    codes.into_iter().map(|line| (line.code, line.name_vi)).collect()
}

fn rows<T: serde::de::DeserializeOwned>(file: &str) -> anyhow::Result<Vec<T>> {
    csv::Reader::from_reader(file.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .context("read reference data")
}

/// Topics of training courses: code and Vietnamese name.
pub fn topics() -> &'static BTreeMap<String, String> {
    &TOPICS
}

/// Events that delegations are sent to: code and Vietnamese name.
pub fn events() -> &'static BTreeMap<String, String> {
    &EVENTS
}

/// After which exits a person waits, and how long.
pub fn waiting_periods() -> &'static [WaitingPeriod] {
    &WAITING_PERIODS
}

/// Whether a citizen number may be of somebody born in a province, by its code of before or after
/// 2025; none where its first digits are no province's.
pub fn number_is_of_province(number: &str, code: &str) -> Option<bool> {
    let (before, now) = NUMBER_PROVINCES.get(number.get(..3)?)?;
    Some(before == code || now == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_of_the_province_that_was_and_of_the_one_that_is() {
        let of_bac_kan = &["006", "085000001"].concat();
        assert_eq!(number_is_of_province(of_bac_kan, "06"), Some(true));
        assert_eq!(number_is_of_province(of_bac_kan, "19"), Some(true));
        assert_eq!(number_is_of_province(of_bac_kan, "01"), Some(false));
        assert_eq!(number_is_of_province("999085000001", "01"), None);
        assert_eq!(NUMBER_PROVINCES.len(), 63);
    }
}
