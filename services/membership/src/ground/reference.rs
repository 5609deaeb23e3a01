//! Reference data: codes and periods that rules speak of, as CSV files compiled in. A later
//! version of a rule is another line of a file, never another line of code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::Context;
use serde::Deserialize;
use time::{Date, Duration};

use crate::ground::day::months_after;

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
    /// The first day on which the rule holds for who wants to join; none where it always did.
    #[serde(deserialize_with = "day")]
    valid_from: Option<Date>,
    /// The last one.
    #[serde(deserialize_with = "day")]
    valid_to: Option<Date>,
    /// The rule, as the Charter's guidance says it.
    pub rule: String,
}

/// How long something lasts at most, or at least, by a rule of some days.
#[derive(Debug, Deserialize)]
pub struct Limit {
    code: String,
    amount: u16,
    unit: Unit,
    #[serde(deserialize_with = "day")]
    valid_from: Option<Date>,
    #[serde(deserialize_with = "day")]
    valid_to: Option<Date>,
    /// The rule, as it is said.
    pub rule: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Unit {
    Days,
    Months,
}

impl Limit {
    /// So many months, and so many days.
    pub fn lasts(&self) -> (i32, i32) {
        match self.unit {
            Unit::Days => (0, self.amount.into()),
            Unit::Months => (self.amount.into(), 0),
        }
    }

    /// The first day after it, for what begins on a day.
    pub fn after(&self, on: Date) -> Date {
        match self.unit {
            Unit::Days => on.saturating_add(Duration::days(self.amount.into())),
            Unit::Months => months_after(on, self.amount.into()),
        }
    }
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    let format = time::macros::format_description!("[year]-[month]-[day]");
    Date::parse(&text, &format).map(Some).map_err(serde::de::Error::custom)
}

fn holds(valid_from: Option<Date>, valid_to: Option<Date>, on: Date) -> bool {
    valid_from.is_none_or(|from| from <= on) && valid_to.is_none_or(|to| on <= to)
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

static EDUCATION_LEVELS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/education_levels.csv")));

static ETHNICITIES: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/ethnicities.csv")));

static RELIGIONS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/religions.csv")));

static PARTY_STANDINGS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/party_standings.csv")));

/// Registry's list, of all communes that there are or were: where somebody's home is.
static COMMUNES: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../../registry/reference/communes.csv")));

/// What an honour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Nature {
    /// Danh hiệu.
    Title,
    /// Hình thức khen thưởng.
    Award,
    /// Sáng kiến.
    Initiative,
}

#[derive(Deserialize)]
struct Honour {
    code: String,
    nature: Nature,
}

static HONOURS: LazyLock<BTreeMap<String, Nature>> = LazyLock::new(|| {
    let honours: Vec<Honour> = rows(include_str!("../../reference/honours.csv"))
        .expect("the honours compiled in are well written");
    honours.into_iter().map(|line| (line.code, line.nature)).collect()
});

static HONOUR_LEVELS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/honour_levels.csv")));

static EMULATIONS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/emulations.csv")));

static WELFARE_OCCASIONS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/welfare_occasions.csv")));

static WELFARE_SOURCES: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/welfare_sources.csv")));

static DISPUTE_TOPICS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| codes(include_str!("../../reference/dispute_topics.csv")));

static WAITING_PERIODS: LazyLock<Vec<WaitingPeriod>> = LazyLock::new(|| {
    rows(include_str!("../../reference/waiting_periods.csv"))
        .expect("the waiting periods compiled in are well written")
});

static LIMITS: LazyLock<Vec<Limit>> = LazyLock::new(|| {
    rows(include_str!("../../reference/limits.csv"))
        .expect("the limits compiled in are well written")
});

static RETENTION: LazyLock<Vec<Limit>> = LazyLock::new(|| {
    rows(include_str!("../../reference/retention.csv"))
        .expect("the rules of retention compiled in are well written")
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

/// What somebody has learnt: code and Vietnamese name.
pub fn education_levels() -> &'static BTreeMap<String, String> {
    &EDUCATION_LEVELS
}

/// Dân tộc: code and Vietnamese name.
pub fn ethnicities() -> &'static BTreeMap<String, String> {
    &ETHNICITIES
}

/// Tôn giáo: code and Vietnamese name.
pub fn religions() -> &'static BTreeMap<String, String> {
    &RELIGIONS
}

/// How somebody stands to the Party: code and Vietnamese name.
pub fn party_standings() -> &'static BTreeMap<String, String> {
    &PARTY_STANDINGS
}

/// Communes, also those that are no more: code and Vietnamese name.
pub fn communes() -> &'static BTreeMap<String, String> {
    &COMMUNES
}

/// By what people are honoured: code and nature.
pub fn honours() -> &'static BTreeMap<String, Nature> {
    &HONOURS
}

/// At which levels: code and Vietnamese name.
pub fn honour_levels() -> &'static BTreeMap<String, String> {
    &HONOUR_LEVELS
}

/// Emulation movements: code and Vietnamese name.
pub fn emulations() -> &'static BTreeMap<String, String> {
    &EMULATIONS
}

/// On which occasions people are helped: code and Vietnamese name.
pub fn welfare_occasions() -> &'static BTreeMap<String, String> {
    &WELFARE_OCCASIONS
}

/// Of whose money: code and Vietnamese name.
pub fn welfare_sources() -> &'static BTreeMap<String, String> {
    &WELFARE_SOURCES
}

/// What labour disputes are about: code and Vietnamese name.
pub fn dispute_topics() -> &'static BTreeMap<String, String> {
    &DISPUTE_TOPICS
}

/// After which exits a person waits, and how long, by the rules of the day on which she wants to
/// join.
pub fn waiting_periods(on: Date) -> impl Iterator<Item = &'static WaitingPeriod> + Clone {
    WAITING_PERIODS.iter().filter(move |wait| holds(wait.valid_from, wait.valid_to, on))
}

/// The limit of this name, for what begins on a day, if a rule of that day sets one.
pub fn limit(code: &str, on: Date) -> Option<&'static Limit> {
    LIMITS.iter().find(|limit| limit.code == code && holds(limit.valid_from, limit.valid_to, on))
}

/// How long something is kept of people, by the rule of this name of a day, if there is one.
pub fn retention(code: &str, on: Date) -> Option<&'static Limit> {
    RETENTION.iter().find(|rule| rule.code == code && holds(rule.valid_from, rule.valid_to, on))
}

/// Whether a citizen number may be of somebody born in a province, by its code of before or after
/// 2025; none where its first digits are no province's.
pub fn number_is_of_province(number: &str, code: &str) -> Option<bool> {
    let (before, now) = NUMBER_PROVINCES.get(number.get(..3)?)?;
    Some(before == code || now == code)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_limit_is_that_of_the_day_on_which_it_begins() {
        let on = date!(2024 - 01 - 31);
        let of = |code| limit(code, on).map(|limit| limit.after(on));
        assert_eq!(of("DORMANT_JOB_LOST"), Some(date!(2025 - 01 - 31)));
        assert_eq!(of("TRANSFER_OFFER"), Some(date!(2024 - 03 - 01)));
        assert_eq!(of("DORMANT_OTHER"), None);
        let of = |code| retention(code, on).map(|rule| rule.lasts());
        assert_eq!((of("APPLICANT"), of("FORMER_MEMBER")), (Some((24, 0)), Some((840, 0))));
        let dated = |from, to| holds(from, to, on);
        assert!(dated(Some(on), Some(on)) && dated(None, None));
        assert!(!dated(None, on.previous_day()) && !dated(on.next_day(), None));
    }

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
