//! Figures, counted.
//!
//! An indicator is a formula over *sources* (`MBR_EXITED + TRANSFERRED_OUT`). A [`Counting`]
//! asks the database for each source at most once, in one snapshot, on one [`Scope`]: which
//! organisation, which tree, which lines. All sources are joins with `piece` of the schema,
//! which knows where a unit's doings count; there is no other idea of a subtree here.

pub mod book;
pub mod completeness;
mod counting;
pub mod source;

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

pub use self::completeness::{Completeness, Completing};
pub use self::counting::Counting;
pub use self::source::{Formula, Source, Term};

/// Civil days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day; not before the first.
    pub through: Date,
}

impl Period {
    /// The day after the last: SQL's ranges are half-open.
    pub fn until(&self) -> Date {
        self.through.next_day().unwrap_or(Date::MAX)
    }

    /// The day before the first, at whose end a book opens.
    pub fn eve(&self) -> Date {
        self.from.previous_day().unwrap_or(Date::MIN)
    }
}

/// What the lines of a figure are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// No lines.
    Nothing,
    /// Direct children.
    Child,
    /// Single units, to explain a figure.
    Unit,
    /// Sectors.
    Sector,
    /// Groups of the scope's grouping.
    Group,
}

impl By {
    fn code(self) -> &'static str {
        match self {
            By::Nothing => "NONE",
            By::Child => "CHILD",
            By::Unit => "UNIT",
            By::Sector => "SECTOR",
            By::Group => "GROUP",
        }
    }
}

/// Whose figure, on which tree, of which units, in which lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The organisation, counted with all below it.
    pub head: Uuid,
    /// As of this day; as then where there is none.
    pub as_of: Option<Date>,
    /// The lines.
    pub by: By,
    /// A grouping of sectors; empty where none is needed.
    pub grouping: String,
    /// Units of this group only; empty for all.
    pub group: String,
    /// The head itself and what lies directly below it, and no deeper.
    pub direct_only: bool,
    /// Suspended unions are left out of stocks of unions.
    pub without_suspended: bool,
}

impl Scope {
    /// All of an organisation, without lines.
    pub fn of(head: Uuid, as_of: Option<Date>) -> Self {
        Self {
            head,
            as_of,
            by: By::Nothing,
            grouping: String::new(),
            group: String::new(),
            direct_only: false,
            without_suspended: false,
        }
    }
}

/// A number in all and in lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The figure.
    pub total: i64,
    /// By the key of the line; no line is 0.
    pub lines: BTreeMap<String, i64>,
}

impl Count {
    fn sum(lines: impl IntoIterator<Item = (String, i64)>) -> Self {
        let mut count = Count::default();
        for (line, amount) in lines {
            count.add(line, amount);
        }
        count
    }

    fn add(&mut self, line: String, amount: i64) {
        self.total += amount;
        *self.lines.entry(line).or_default() += amount;
    }

    fn plus(&mut self, sign: i64, other: &Count) {
        self.total += sign * other.total;
        for (line, amount) in &other.lines {
            *self.lines.entry(line.clone()).or_default() += sign * amount;
        }
    }
}

/// A counted indicator.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its code.
    pub indicator: String,
    /// How it is computed.
    pub formula: String,
    /// Its scope.
    pub scope: Scope,
    /// Its period.
    pub period: Period,
    /// The value, or the numerator.
    pub value: Count,
    /// Shares only.
    pub denominator: Option<Count>,
    /// What is known to be missing.
    pub completeness: Completeness,
    /// What was believed when.
    pub known: Known,
}

impl Figure {
    /// The denominator, 0 where there is none.
    pub fn denominator_total(&self) -> i64 {
        self.denominator.as_ref().map_or(0, |count| count.total)
    }
}

/// The instant of a snapshot, and how far each feed had been applied in it.
#[derive(Clone, Debug)]
pub struct Known {
    /// When the snapshot was taken.
    pub at: OffsetDateTime,
    /// By source.
    pub positions: Vec<(String, i64)>,
}

impl Known {
    /// Of the transaction's own snapshot.
    pub async fn read(connection: &mut PgConnection) -> Result<Self, Failure> {
        let rows = sqlx::query!(
            r#"select now() as "at!", 'reporting' as "source!", h.position as "position!" from feed.head h
               union all
               select now(), f.source, f.position from feed.follower f
               order by 2"#
        )
        .fetch_all(connection)
        .await?;
        Ok(Self {
            at: rows.first().map_or_else(OffsetDateTime::now_utc, |row| row.at),
            positions: rows.into_iter().map(|row| (row.source, row.position)).collect(),
        })
    }
}

/// Names the lines of children, at the end of the period or when they ended.
pub async fn heads(
    connection: &mut PgConnection,
    organisations: &[Uuid],
    on: Date,
) -> Result<BTreeMap<Uuid, String>, Failure> {
    let rows = sqlx::query_file!("src/ground/figure/heads.sql", organisations, on)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.organisation_id, row.name)).collect())
}

/// The whole calendar year.
pub fn year(year: i32) -> Option<Period> {
    let from = Date::from_calendar_date(year, time::Month::January, 1).ok()?;
    let next = Date::from_calendar_date(year + 1, time::Month::January, 1).ok()?;
    Some(Period { from, through: next - Duration::DAY })
}
