//! Targets (chỉ tiêu): what they ask, which of them a report is held against, and whether
//! they are met.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::figure::{Counting, Figure, Period, Scope, Source};
use crate::reference::{Indicator, Kind, Reference};
use crate::vietnamese;

/// When a target is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// từ … trở lên
    GreaterOrEqual,
    /// trên …
    Greater,
    /// đúng …
    Equal,
    /// bình quân mỗi CĐCS từ … trở lên
    MeanGreaterOrEqual,
}

impl Comparator {
    /// As the table `target` has it.
    pub fn code(self) -> &'static str {
        match self {
            Comparator::GreaterOrEqual => "GREATER_OR_EQUAL",
            Comparator::Greater => "GREATER",
            Comparator::Equal => "EQUAL",
            Comparator::MeanGreaterOrEqual => "MEAN_GREATER_OR_EQUAL",
        }
    }

    fn read(code: &str) -> anyhow::Result<Self> {
        [Self::GreaterOrEqual, Self::Greater, Self::Equal, Self::MeanGreaterOrEqual]
            .into_iter()
            .find(|comparator| comparator.code() == code)
            .with_context(|| format!("no comparator is called {code}"))
    }

    fn holds(self, actual: i128, asked: i128) -> bool {
        match self {
            Comparator::GreaterOrEqual | Comparator::MeanGreaterOrEqual => actual >= asked,
            Comparator::Greater => actual > asked,
            Comparator::Equal => actual == asked,
        }
    }

    /// `từ 95% trở lên`.
    fn spoken(self, value: &str) -> String {
        match self {
            Comparator::GreaterOrEqual | Comparator::MeanGreaterOrEqual => {
                format!("từ {value} trở lên")
            }
            Comparator::Greater => format!("trên {value}"),
            Comparator::Equal => format!("đúng {value}"),
        }
    }
}

/// What the value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueUnit {
    /// Things.
    Count,
    /// Hundredths of a percent.
    BasisPoints,
}

impl ValueUnit {
    /// As the table `target` has it.
    pub fn code(self) -> &'static str {
        match self {
            ValueUnit::Count => "COUNT",
            ValueUnit::BasisPoints => "BASIS_POINTS",
        }
    }
}

/// Who set a target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Issuer {
    /// An organisation of the trade union.
    Organisation(Uuid),
    /// Somebody else, such as a Party committee.
    Named(String),
}

/// One revision of a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The same in all revisions.
    pub target_id: Uuid,
    /// 1, 2, …
    pub revision: i32,
    /// What is to be reached.
    pub indicator: String,
    /// By whom.
    pub organisation_id: Uuid,
    /// When.
    pub period: Period,
    /// Who said so.
    pub issuer: Issuer,
    /// How much.
    pub value: i64,
    /// Of what.
    pub value_unit: ValueUnit,
    /// How it is compared.
    pub comparator: Comparator,
    /// The date of the stock that a mean is taken over.
    pub denominator_on: Option<Date>,
    /// Unions of a group only; both empty for all.
    pub sector_grouping: String,
    /// See there.
    pub sector_group: String,
    /// From when this revision holds.
    pub assigned_on: Date,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
}

/// A row of the table.
pub(crate) struct Row {
    pub target_id: Uuid,
    pub revision: i32,
    pub indicator: String,
    pub organisation_id: Uuid,
    pub from_on: Date,
    pub through_on: Date,
    pub issuer_id: Option<Uuid>,
    pub issuer_name: Option<String>,
    pub value: i64,
    pub value_unit: String,
    pub comparator: String,
    pub denominator_on: Option<Date>,
    pub sector_grouping: String,
    pub sector_group: String,
    pub assigned_on: Date,
    pub decision_id: Option<Uuid>,
    pub recorded_at: OffsetDateTime,
}

impl TryFrom<Row> for Target {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<Self> {
        Ok(Self {
            target_id: row.target_id,
            revision: row.revision,
            indicator: row.indicator,
            organisation_id: row.organisation_id,
            period: Period { from: row.from_on, through: row.through_on },
            issuer: match (row.issuer_id, row.issuer_name) {
                (Some(organisation_id), _) => Issuer::Organisation(organisation_id),
                (None, name) => Issuer::Named(name.context("a target has no issuer")?),
            },
            value: row.value,
            value_unit: match row.value_unit.as_str() {
                "BASIS_POINTS" => ValueUnit::BasisPoints,
                _ => ValueUnit::Count,
            },
            comparator: Comparator::read(&row.comparator)?,
            denominator_on: row.denominator_on,
            sector_grouping: row.sector_grouping,
            sector_group: row.sector_group,
            assigned_on: row.assigned_on,
            decision_id: row.decision_id,
            recorded_at: row.recorded_at,
        })
    }
}

pub(crate) fn read_rows(rows: Vec<Row>) -> Result<Vec<Target>, Failure> {
    Ok(rows.into_iter().map(Target::try_from).collect::<anyhow::Result<_>>()?)
}

/// The targets of a unit, each in the revision that holds at the end of its period.
pub async fn of_unit(
    connection: &mut PgConnection,
    organisation_id: Uuid,
) -> Result<Vec<Target>, Failure> {
    let rows = sqlx::query_file_as!(Row, "src/target/of_unit.sql", organisation_id)
        .fetch_all(connection)
        .await?;
    read_rows(rows)
}

/// What a figure is held against: the sum of the targets that make up the period.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// By whom.
    pub issuer: Issuer,
    /// How much in all.
    pub value: i64,
    /// Of one target, or of the five of five years.
    pub target_ids: Vec<Uuid>,
}

/// What each issuer asks of an indicator for a period: a target for exactly that period, or
/// targets whose periods follow each other without gap or overlap and make it up.
pub fn asked(
    targets: &[Target],
    indicator: &str,
    grouping: &str,
    group: &str,
    period: Period,
) -> Vec<Asked> {
    let fitting = |target: &&Target| {
        target.indicator == indicator
            && target.sector_grouping == grouping
            && target.sector_group == group
            && target.value_unit == ValueUnit::Count
            && target.comparator != Comparator::MeanGreaterOrEqual
            && period.from <= target.period.from
            && target.period.through <= period.through
    };
    let mut issuers: BTreeMap<&Issuer, Vec<&Target>> = BTreeMap::new();
    for target in targets.iter().filter(fitting) {
        issuers.entry(&target.issuer).or_default().push(target);
    }
    issuers
        .into_iter()
        .filter_map(|(issuer, targets)| {
            let parts = tiles(&targets, period.from, period)?;
            Some(Asked {
                issuer: issuer.clone(),
                value: parts.iter().map(|target| target.value).sum(),
                target_ids: parts.iter().map(|target| target.target_id).collect(),
            })
        })
        .collect()
}

/// Targets that cover the period from `from` on, the longest first: the target of the whole
/// period before those of its years.
fn tiles<'a>(targets: &[&'a Target], from: Date, period: Period) -> Option<Vec<&'a Target>> {
    if from > period.through {
        return Some(Vec::new());
    }
    let mut next: Vec<&&Target> =
        targets.iter().filter(|target| target.period.from == from).collect();
    next.sort_by_key(|target| std::cmp::Reverse(target.period.through));
    next.into_iter().find_map(|first| {
        let mut rest = tiles(targets, first.period.until(), period)?;
        rest.insert(0, *first);
        Some(rest)
    })
}

/// A target and what became of it.
pub struct Measured {
    /// The revision that holds.
    pub target: Target,
    /// Counted over the target's own period.
    pub figure: Figure,
    /// The stock that a mean is taken over; else 0.
    pub mean_denominator: i64,
    /// Whether it is met.
    pub met: bool,
}

/// Measures a target on a tree; nothing if its indicator is no longer counted.
pub async fn measure(
    connection: &mut PgConnection,
    reference: &'static Reference,
    target: Target,
    as_of: Option<Date>,
) -> Result<Option<Measured>, Failure> {
    let Some(indicator) = reference.indicator(&target.indicator) else {
        return Ok(None);
    };
    let scope = Scope {
        grouping: target.sector_grouping.clone(),
        group: target.sector_group.clone(),
        ..Scope::of(target.organisation_id, as_of)
    };
    let figure = Counting::new(&mut *connection, reference, scope.clone(), target.period)
        .figure(indicator)
        .await?;
    let mean_denominator = match target.denominator_on {
        Some(on) => {
            let day = Period { from: on, through: on };
            Counting::new(connection, reference, scope, day).source(&Source::UnionsAt).await?.total
        }
        None => 0,
    };
    let met = met(&target, figure.value.total, figure.denominator_total(), mean_denominator);
    Ok(Some(Measured { target, figure, mean_denominator, met }))
}

/// Decided on whole numbers, multiplied out: 95 of 100 is not above 95 %.
fn met(target: &Target, value: i64, denominator: i64, mean_denominator: i64) -> bool {
    let (value, asked) = (i128::from(value), i128::from(target.value));
    match (target.value_unit, target.comparator) {
        (ValueUnit::BasisPoints, comparator) => {
            denominator > 0 && comparator.holds(value * 10_000, asked * i128::from(denominator))
        }
        (ValueUnit::Count, comparator @ Comparator::MeanGreaterOrEqual) => {
            mean_denominator > 0 && comparator.holds(value, asked * i128::from(mean_denominator))
        }
        (ValueUnit::Count, comparator) => comparator.holds(value, asked),
    }
}

impl Measured {
    /// In Vietnamese: `101/88 CĐCS (đạt 114,77%)`.
    pub fn text(&self, indicator: &Indicator, decimals: u32) -> String {
        let value = self.figure.value.total;
        let verdict = if self.met { "đạt" } else { "chưa đạt" };
        let target = &self.target;
        match (target.value_unit, target.comparator) {
            (ValueUnit::BasisPoints, comparator) => {
                let denominator = self.figure.denominator_total();
                format!(
                    "{}/{} ({}), chỉ tiêu {}: {verdict}",
                    vietnamese::number(value),
                    vietnamese::number(denominator),
                    vietnamese::percent(value, denominator, decimals),
                    comparator.spoken(&vietnamese::basis_points(target.value)),
                )
            }
            (ValueUnit::Count, comparator @ Comparator::MeanGreaterOrEqual) => format!(
                "{} {} trên {} CĐCS (bình quân {}), chỉ tiêu bình quân {}: {verdict}",
                vietnamese::number(value),
                indicator.unit_vi,
                vietnamese::number(self.mean_denominator),
                vietnamese::quotient(value, self.mean_denominator, decimals),
                comparator.spoken(&vietnamese::number(target.value)),
            ),
            (ValueUnit::Count, _) => {
                against(value, Some(target.value), &indicator.unit_vi, decimals)
            }
        }
    }
}

/// `101/88 CĐCS (đạt 114,77%)`; the actual alone where nothing was asked.
pub fn against(value: i64, asked: Option<i64>, noun: &str, decimals: u32) -> String {
    match asked {
        Some(asked) => format!(
            "{}/{} {noun} (đạt {})",
            vietnamese::number(value),
            vietnamese::number(asked),
            vietnamese::percent(value, asked, decimals),
        ),
        None => format!("{} {noun}", vietnamese::number(value)),
    }
}

/// Whether comparator, unit of value and indicator go together.
pub fn fits(indicator: &Indicator, unit: ValueUnit, comparator: Comparator, mean: bool) -> bool {
    let is_mean = comparator == Comparator::MeanGreaterOrEqual;
    (indicator.kind == Kind::Share) == (unit == ValueUnit::BasisPoints)
        && is_mean == mean
        && !(is_mean && unit == ValueUnit::BasisPoints)
}

/// A unit's target from one issuer, and what the unit handed down in turn.
pub struct Node {
    /// The revision that holds.
    pub target: Target,
    /// Older revisions, newest first.
    pub earlier: Vec<Target>,
    /// Its part of what the issuer handed down, in basis points.
    pub share_basis_points: i64,
    /// What the unit handed down.
    pub children: Vec<Node>,
}

/// The sum of what nodes are asked.
pub fn sum(nodes: &[Node]) -> i64 {
    nodes.iter().map(|node| node.target.value).sum()
}

/// What a unit was assigned for an indicator, a period and a group, and the cascade below it.
pub struct Cascade {
    /// From its own issuers; the superior's first.
    pub assigned: Vec<Target>,
    /// What it handed down.
    pub children: Vec<Node>,
}

impl Cascade {
    /// The sum handed down less the unit's own target.
    pub fn difference(&self) -> i64 {
        self.assigned.first().map_or(0, |own| sum(&self.children) - own.value)
    }
}

/// Reads a cascade from the unit down.
pub async fn cascade(
    connection: &mut PgConnection,
    head: Uuid,
    indicator: &str,
    period: Period,
    grouping: &str,
    group: &str,
) -> Result<Cascade, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/target/cascade.sql",
        head,
        indicator,
        period.from,
        period.until(),
        grouping,
        group,
    )
    .fetch_all(connection)
    .await?;
    // Revisions come newest first; the one that holds is the newest assigned by the end of
    // the period, and those before it are its past.
    let mut revisions: BTreeMap<Uuid, Vec<Target>> = BTreeMap::new();
    for target in read_rows(rows)? {
        if target.assigned_on <= period.through {
            revisions.entry(target.target_id).or_default().push(target);
        }
    }
    let revisions: Vec<Vec<Target>> = revisions.into_values().collect();
    let mut assigned: Vec<Target> = revisions
        .iter()
        .filter_map(|revisions| revisions.first())
        .filter(|target| target.organisation_id == head)
        .cloned()
        .collect();
    assigned.sort_by(|left, right| left.issuer.cmp(&right.issuer));
    let mut above = BTreeSet::from([head]);
    Ok(Cascade { assigned, children: handed_down(&revisions, head, &mut above) })
}

fn handed_down(revisions: &[Vec<Target>], issuer: Uuid, above: &mut BTreeSet<Uuid>) -> Vec<Node> {
    let mut nodes: Vec<Node> = revisions
        .iter()
        .filter_map(|revisions| revisions.split_first())
        .filter(|(target, _)| target.issuer == Issuer::Organisation(issuer))
        .filter(|(target, _)| target.organisation_id != issuer)
        .map(|(target, earlier)| Node {
            target: target.clone(),
            earlier: earlier.to_vec(),
            share_basis_points: 0,
            children: Vec::new(),
        })
        .collect();
    let shares = shares(&nodes.iter().map(|node| node.target.value).collect::<Vec<_>>());
    for (node, share) in nodes.iter_mut().zip(shares) {
        node.share_basis_points = share;
        // Two units that assign to each other would never end.
        if above.insert(node.target.organisation_id) {
            node.children = handed_down(revisions, node.target.organisation_id, above);
            above.remove(&node.target.organisation_id);
        }
    }
    nodes
}

/// Parts of 10,000 by largest remainder, so that they sum to it.
fn shares(values: &[i64]) -> Vec<i64> {
    let total: i128 = values.iter().map(|value| i128::from(*value)).sum();
    if total == 0 {
        return vec![0; values.len()];
    }
    let exact: Vec<i128> = values.iter().map(|value| i128::from(*value) * 10_000).collect();
    let mut parts: Vec<i128> = exact.iter().map(|value| value / total).collect();
    let mut by_remainder: Vec<usize> = (0..values.len()).collect();
    by_remainder.sort_by_key(|place| (std::cmp::Reverse(exact[*place] % total), *place));
    let left = 10_000 - parts.iter().sum::<i128>();
    for place in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[place] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn target(from: Date, through: Date, value: i64, comparator: Comparator) -> Target {
        Target {
            target_id: Uuid::now_v7(),
            revision: 1,
            indicator: "ORG_FOUNDED".to_string(),
            organisation_id: Uuid::from_u128(1),
            period: Period { from, through },
            issuer: Issuer::Organisation(Uuid::from_u128(2)),
            value,
            value_unit: ValueUnit::Count,
            comparator,
            denominator_on: None,
            sector_grouping: String::new(),
            sector_group: String::new(),
            assigned_on: from,
            decision_id: None,
            recorded_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn five_yearly_quotas_make_up_five_years_and_a_gap_makes_nothing() {
        let year = |year: i32, value| {
            let period = crate::figure::year(year).expect("a year");
            target(period.from, period.through, value, Comparator::GreaterOrEqual)
        };
        let mut targets =
            vec![year(2016, 20), year(2017, 18), year(2018, 15), year(2019, 17), year(2020, 18)];
        let five_years = Period { from: date!(2016 - 01 - 01), through: date!(2020 - 12 - 31) };
        let asked_of = |targets: &[Target]| asked(targets, "ORG_FOUNDED", "", "", five_years);
        assert_eq!(asked_of(&targets).first().map(|asked| asked.value), Some(88));
        // One for the whole counts before its parts.
        let whole = target(five_years.from, five_years.through, 90, Comparator::GreaterOrEqual);
        targets.push(whole);
        assert_eq!(asked_of(&targets).first().map(|asked| asked.value), Some(90));
        targets.pop();
        targets.remove(2);
        assert_eq!(asked_of(&targets), []);
    }

    #[test]
    fn above_95_percent_is_not_reached_by_95_of_100() {
        let mut above =
            target(date!(2021 - 01 - 01), date!(2021 - 12 - 31), 9_500, Comparator::Greater);
        above.value_unit = ValueUnit::BasisPoints;
        assert!(!met(&above, 95, 100, 0));
        assert!(met(&above, 96, 100, 0));
        above.comparator = Comparator::GreaterOrEqual;
        assert!(met(&above, 95, 100, 0));
        assert!(!met(&above, 0, 0, 0));
    }

    #[test]
    fn a_figure_against_its_target_prints_as_the_reports_printed_it() {
        assert_eq!(against(101, Some(88), "CĐCS", 2), "101/88 CĐCS (đạt 114,77%)");
        assert_eq!(
            against(4504, Some(3800), "đoàn viên", 2),
            "4.504/3.800 đoàn viên (đạt 118,53%)"
        );
        assert_eq!(against(25, Some(25), "công đoàn cơ sở", 1), "25/25 công đoàn cơ sở (đạt 100%)");
        assert_eq!(against(1857, Some(1400), "đoàn viên", 1), "1.857/1.400 đoàn viên (đạt 132,6%)");
        assert_eq!(against(3, Some(0), "CĐCS", 1), "3/0 CĐCS (đạt —)");
        assert_eq!(against(3, None, "CĐCS", 1), "3 CĐCS");
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_whole(values in proptest::collection::vec(0_i64..100_000, 1..40)) {
            let parts = shares(&values);
            let expected = if values.iter().all(|value| *value == 0) { 0 } else { 10_000 };
            prop_assert_eq!(parts.iter().sum::<i64>(), expected);
        }
    }
}
