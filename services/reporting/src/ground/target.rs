//! Targets (chỉ tiêu): what they ask, which of them a report is held against, and whether
//! they are met.

pub mod apportion;
pub mod asked;
pub mod cascade;
pub mod measured;
pub mod pace;
pub mod programme;
pub mod reached;

use std::cmp::Ordering;

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Kind};

/// When a target is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    /// Whether what lies so to what was asked meets it.
    fn holds(self, actual_to_asked: Ordering) -> bool {
        match self {
            Comparator::GreaterOrEqual | Comparator::MeanGreaterOrEqual => actual_to_asked.is_ge(),
            Comparator::Greater => actual_to_asked.is_gt(),
            Comparator::Equal => actual_to_asked.is_eq(),
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
    /// That it is asked of nobody any more.
    pub withdrawal: Option<Withdrawal>,
}

/// From when a target is asked of nobody any more, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Withdrawal {
    /// The first day on which it does not hold.
    pub withdrawn_on: Date,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
}

/// How a target stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its period begins later.
    NotBegun,
    /// Its period goes on after this day.
    Running,
    /// Its period ends on this day, or ended before.
    Ended,
    /// It does not hold any more.
    Withdrawn,
}

impl Target {
    /// Whether it is withdrawn by a day.
    pub fn withdrawn_by(&self, day: Date) -> bool {
        self.withdrawal.as_ref().is_some_and(|withdrawal| withdrawal.withdrawn_on <= day)
    }

    /// How it stands on a day.
    pub fn state(&self, day: Date) -> State {
        if self.withdrawn_by(day) {
            State::Withdrawn
        } else if day < self.period.from {
            State::NotBegun
        } else if day < self.period.through {
            State::Running
        } else {
            State::Ended
        }
    }

    /// Whether it asks for so many things: only then is it summed and divided.
    pub fn is_count(&self) -> bool {
        self.value_unit == ValueUnit::Count && self.comparator != Comparator::MeanGreaterOrEqual
    }
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
    pub withdrawn_on: Option<Date>,
    pub withdrawal_reason: Option<String>,
    pub withdrawal_decision_id: Option<Uuid>,
    pub withdrawal_recorded_at: Option<OffsetDateTime>,
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
            withdrawal: match (row.withdrawn_on, row.withdrawal_recorded_at) {
                (Some(withdrawn_on), Some(recorded_at)) => Some(Withdrawal {
                    withdrawn_on,
                    reason: row.withdrawal_reason.unwrap_or_default(),
                    decision_id: row.withdrawal_decision_id,
                    recorded_at,
                }),
                _ => None,
            },
        })
    }
}

pub(crate) fn read_rows(rows: Vec<Row>) -> Result<Vec<Target>, Failure> {
    Ok(rows.into_iter().map(Target::try_from).collect::<anyhow::Result<_>>()?)
}

/// The targets of a unit, each in the revision that holds at the end of its period; withdrawn ones
/// too. As they were known at an instant, if there is one.
pub async fn of_unit(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Target>, Failure> {
    let rows =
        sqlx::query_file_as!(Row, "src/ground/target/of_unit.sql", organisation_id, known_at)
            .fetch_all(connection)
            .await?;
    read_rows(rows)
}

/// Whether comparator, unit of value and indicator go together.
pub fn fits(indicator: &Indicator, unit: ValueUnit, comparator: Comparator, mean: bool) -> bool {
    let is_mean = comparator == Comparator::MeanGreaterOrEqual;
    (indicator.kind == Kind::Share) == (unit == ValueUnit::BasisPoints)
        && is_mean == mean
        && !(is_mean && unit == ValueUnit::BasisPoints)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A count of foundings, asked of a unit by its superior.
    pub fn target(from: Date, through: Date, value: i64, comparator: Comparator) -> Target {
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
            withdrawal: None,
        }
    }
}
