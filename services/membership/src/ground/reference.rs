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
