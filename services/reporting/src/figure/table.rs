//! A table of figures: indicators of several organisations over several periods, from one snapshot.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::figure::compared::{Compared, Comparison};
use crate::ground::columns::{Below, Snapshot};
use crate::ground::figure::of_heads::{Counted, OfHeads};
use crate::ground::figure::{By, Completeness, Count, Known, Scope, heads};
use crate::ground::period::Period;
use crate::ground::reading::organisations;
use crate::ground::reference::{Indicator, Kind, Reference};
use crate::ground::refused::Refused;

/// Organisations of a table.
pub const ORGANISATIONS_MAX: usize = 1_000;
/// Rows of a table, and lines of all its rows: what is kept in memory for one caller, some 20 MB.
pub const ROWS_MAX: usize = 50_000;
const LINES_MAX: usize = 100_000;
/// Lines of one row, which is one part of a message.
const LINES_OF_ROW_MAX: usize = 20_000;

/// Whose figures.
pub enum Whose {
    /// These, each once.
    Named(Vec<Uuid>),
    /// What lies below one.
    Below(Below),
}

/// Which comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The largest.
    LargestFirst,
    /// The smallest.
    SmallestFirst,
}

/// What a table is asked for.
pub struct Asked {
    /// Each once.
    pub indicators: Vec<Indicator>,
    /// Whose.
    pub whose: Whose,
    /// Each once.
    pub periods: Vec<Period>,
    /// Tree, first breakdown and group; its head is nobody.
    pub scope: Scope,
    /// The second breakdown.
    pub across: By,
    /// Each once.
    pub comparisons: Vec<Comparison>,
    /// Ranks, where they are asked for.
    pub order: Option<Order>,
}

/// One indicator of one organisation over one period.
pub struct Row {
    /// Which of the indicators.
    pub indicator: usize,
    /// Which of the organisations.
    pub organisation: usize,
    /// Which of the periods.
    pub period: usize,
    /// The value, or the numerator.
    pub value: Count,
    /// Shares only.
    pub denominator: Option<Count>,
    /// What is known to be missing.
    pub completeness: Completeness,
    /// Earlier periods, in the order of the comparisons.
    pub compared: Vec<Compared>,
    /// From 1 on; 0 where there is none.
    pub rank: usize,
    /// How many are ranked.
    pub ranked: usize,
}

/// A table, counted.
pub struct Table {
    /// Whose, with their names at the end of the last period.
    pub organisations: Vec<(Uuid, String)>,
    /// How many of those below are not counted, since the caller may not see them today.
    pub left_out: usize,
    /// By indicator, organisation and period.
    pub rows: Vec<Row>,
    /// The names of children that lines are of.
    pub names: BTreeMap<Uuid, String>,
    /// How far everything was known.
    pub known: Known,
}

/// Counts a table: one scan for each source and period, whoever the organisations are.
pub async fn table(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    asked: &Asked,
) -> Result<Table, Failure> {
    let whose = whose(&mut *connection, snapshot, asked).await?;
    let rows = asked.indicators.len() * whose.len() * asked.periods.len();
    if rows > ROWS_MAX {
        return Err(Refused::FiguresTooMany { cells: rows, limit: ROWS_MAX }.into());
    }
    let scope = asked.scope.clone();
    let mut counting = OfHeads::new(&mut *connection, snapshot, reference, &whose, scope).await?;
    counting = counting.crossed_with(asked.across);
    let ids = counting.heads().to_vec();
    let left_out = whose.len() - ids.len();

    let mut of_periods: BTreeMap<Period, Vec<Counted>> = BTreeMap::new();
    let mut lines = 0;
    for period in all_periods(asked) {
        let mut of_period = Vec::with_capacity(asked.indicators.len());
        for indicator in &asked.indicators {
            let mut counted = counting.counted(indicator, period).await?;
            if asked.periods.contains(&period) {
                lines += lines_of(&counted)?;
                if lines > LINES_MAX {
                    return Err(Refused::FiguresTooMany { cells: lines, limit: LINES_MAX }.into());
                }
            } else {
                without_lines(&mut counted);
            }
            of_period.push(counted);
        }
        of_periods.insert(period, of_period);
    }
    let known = counting.known().await?;

    // What was named comes in its order, and what lies below by name.
    let last = asked.periods.iter().map(|period| period.through).max();
    let on = last.unwrap_or(Date::MIN);
    let named = heads(&mut *connection, &ids, on).await?;
    let numbers: HashMap<Uuid, usize> = ids.iter().copied().zip(0..).collect();
    let mut organisations: Vec<(Uuid, String)> = whose
        .iter()
        .filter(|id| numbers.contains_key(id))
        .map(|id| (*id, named.get(id).cloned().unwrap_or_default()))
        .collect();
    if matches!(asked.whose, Whose::Below(_)) {
        organisations.sort_by(|(one, a), (other, b)| (a, one).cmp(&(b, other)));
    }
    let order: Vec<usize> = organisations.iter().map(|(id, _)| numbers[id]).collect();
    let rows = arrange(asked, &of_periods, &order)?;
    let children = children(asked, &rows);
    let names = heads(connection, &children, on).await?;
    Ok(Table { organisations, left_out, rows, names, known })
}

/// Whose figures are asked for, those among them that the caller may not see too where they lie below
/// one that she may.
async fn whose(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    asked: &Asked,
) -> Result<Vec<Uuid>, Failure> {
    match &asked.whose {
        Whose::Named(ids) => {
            organisations(connection, "organisation_ids", ids).await?;
            Ok(ids.clone())
        }
        Whose::Below(below) => {
            organisations(connection, "below.organisation_id", &[below.head]).await?;
            let found = snapshot.below(below, asked.scope.as_of, &asked.periods).await?;
            if found.len() > ORGANISATIONS_MAX {
                let (entries, limit) = (found.len(), ORGANISATIONS_MAX);
                return Err(Refused::ListTooLong { field: "below", entries, limit }.into());
            }
            Ok(found)
        }
    }
}

/// The periods asked for and those that they are held against, each once.
fn all_periods(asked: &Asked) -> BTreeSet<Period> {
    let earlier = asked.periods.iter().flat_map(|period| {
        asked.comparisons.iter().filter_map(|comparison| comparison.of(*period))
    });
    asked.periods.iter().copied().chain(earlier).collect()
}

/// How many lines there are.
fn lines_of(counted: &Counted) -> Result<usize, Refused> {
    let mut lines = 0;
    for (head, value) in counted.values.iter().enumerate() {
        let whole = counted.denominators.as_ref().and_then(|counts| counts.get(head));
        let more = whole.into_iter().flat_map(|whole| whole.lines.keys());
        let more = more.filter(|line| !value.lines.contains_key(*line)).count();
        let of_row = value.lines.len() + more;
        if of_row > LINES_OF_ROW_MAX {
            return Err(Refused::FiguresTooMany { cells: of_row, limit: LINES_OF_ROW_MAX });
        }
        lines += of_row;
    }
    Ok(lines)
}

/// Earlier periods are held against as a whole.
fn without_lines(counted: &mut Counted) {
    let counts = counted.values.iter_mut().chain(counted.denominators.iter_mut().flatten());
    counts.for_each(|count| count.lines.clear());
}

fn arrange(
    asked: &Asked,
    of_periods: &BTreeMap<Period, Vec<Counted>>,
    order: &[usize],
) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::with_capacity(asked.indicators.len() * order.len() * asked.periods.len());
    for (indicator, of) in asked.indicators.iter().enumerate() {
        let share = of.kind == Kind::Share;
        let first = rows.len();
        for (organisation, head) in order.iter().enumerate() {
            for (number, period) in asked.periods.iter().enumerate() {
                let counted = &of_periods[period][indicator];
                let value = counted.values[*head].clone();
                let denominator = counted.denominators.as_ref().map(|of| of[*head].clone());
                let whole = denominator.as_ref().map_or(0, |count| count.total);
                let mut compared = Vec::with_capacity(asked.comparisons.len());
                for comparison in &asked.comparisons {
                    let Some(period) = comparison.of(*period) else { continue };
                    let earlier = &of_periods[&period][indicator];
                    let denominators = earlier.denominators.as_ref();
                    compared.push(Compared::of(
                        (*comparison, period),
                        share,
                        (value.total, whole),
                        (earlier.values[*head].total, denominators.map_or(0, |of| of[*head].total)),
                        earlier.completeness[*head],
                    )?);
                }
                rows.push(Row {
                    indicator,
                    organisation,
                    period: number,
                    value,
                    denominator,
                    completeness: counted.completeness[*head],
                    compared,
                    rank: 0,
                    ranked: 0,
                });
            }
        }
        if let Some(order) = asked.order {
            for period in 0..asked.periods.len() {
                rank(&mut rows[first..], period, order);
            }
        }
    }
    Ok(rows)
}

/// Ranks what one indicator is of everybody over one period: those who have the same share a rank, and
/// the next comes after all of them. A share of nothing has no rank.
fn rank(rows: &mut [Row], period: usize, order: Order) {
    let mut ranked: Vec<&mut Row> = rows
        .iter_mut()
        .filter(|row| row.period == period)
        .filter(|row| row.denominator.as_ref().is_none_or(|whole| whole.total > 0))
        .collect();
    let against = |one: &Row, other: &Row| {
        let larger = compare(other, one);
        if order == Order::LargestFirst { larger } else { larger.reverse() }
    };
    ranked.sort_by(|one, other| against(one, other));
    let count = ranked.len();
    let mut rank = 0;
    for at in 0..count {
        let same = at > 0 && against(ranked[at - 1], ranked[at]) == Ordering::Equal;
        if !same {
            rank = at + 1;
        }
        ranked[at].rank = rank;
        ranked[at].ranked = count;
    }
}

/// By value; shares by what they come to, multiplied out.
fn compare(one: &Row, other: &Row) -> Ordering {
    let of = |row: &Row| {
        let whole = row.denominator.as_ref().map_or(1, |whole| whole.total);
        (i128::from(row.value.total), i128::from(whole))
    };
    let ((value, whole), (other_value, other_whole)) = (of(one), of(other));
    (value * other_whole).cmp(&(other_value * whole))
}

/// The children that lines are of.
fn children(asked: &Asked, rows: &[Row]) -> Vec<Uuid> {
    if asked.scope.by != By::Child {
        return Vec::new();
    }
    let counts = rows.iter().flat_map(|row| std::iter::once(&row.value).chain(&row.denominator));
    let lines = counts.flat_map(|count| count.lines.keys());
    let children: BTreeSet<Uuid> = lines
        .filter_map(|line| Uuid::parse_str(line.split(crate::ground::figure::CROSSED).next()?).ok())
        .collect();
    children.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: i64, denominator: Option<i64>) -> Row {
        let count = |total| Count { total, ..Count::default() };
        Row {
            indicator: 0,
            organisation: 0,
            period: 0,
            value: count(value),
            denominator: denominator.map(count),
            completeness: Completeness::WHOLE,
            compared: Vec::new(),
            rank: 0,
            ranked: 0,
        }
    }

    fn ranks(mut rows: Vec<Row>, order: Order) -> Vec<usize> {
        rank(&mut rows, 0, order);
        rows.iter().map(|row| row.rank).collect()
    }

    #[test]
    fn those_who_have_the_same_share_a_rank_and_the_next_comes_after_all_of_them() {
        let of = |values: &[i64]| values.iter().map(|value| row(*value, None)).collect();
        assert_eq!(ranks(of(&[5, 9, 5, 1]), Order::LargestFirst), [2, 1, 2, 4]);
        assert_eq!(ranks(of(&[5, 9, 5, 1]), Order::SmallestFirst), [2, 4, 2, 1]);
        assert_eq!(ranks(of(&[i64::MIN, 0, i64::MAX]), Order::LargestFirst), [3, 2, 1]);
    }

    #[test]
    fn shares_are_ranked_by_what_they_come_to_and_a_share_of_nothing_is_not() {
        let of = |shares: &[(i64, i64)]| {
            shares.iter().map(|(value, whole)| row(*value, Some(*whole))).collect()
        };
        assert_eq!(
            ranks(of(&[(1, 2), (49, 100), (0, 0), (2, 4)]), Order::LargestFirst),
            [1, 3, 0, 1]
        );
        let large = i64::MAX;
        assert_eq!(ranks(of(&[(large - 1, large), (large, large)]), Order::LargestFirst), [2, 1]);
    }
}
