//! What a report says: its cells, its texts, and what belongs to it. One document, as it is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::figure::Known;
use crate::ground::reference::Form;

/// What a report says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// By row; none of a ratio.
    pub cells: BTreeMap<String, Cell>,
    /// By section, in paragraphs.
    pub texts: BTreeMap<String, Vec<String>>,
    /// What meetings concluded.
    pub conclusions: Vec<Conclusion>,
    /// Files that are kept elsewhere.
    pub attachments: Vec<Attachment>,
    /// When what is computed was counted.
    pub computed_at: Option<ComputedAt>,
}

/// A number of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cell {
    /// What the register counted of the reporter and all below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<i64>,
    /// Of this, what is of the reporter itself and of nobody below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<i64>,
    /// What those below have reported and had approved, and the reporter's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consolidated: Option<i64>,
    /// What the register had counted of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed_below: Option<i64>,
    /// How many cells below say something else than was counted.
    pub overridden_below: i32,
    /// What the reporter says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<i64>,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Cell {
    /// What counts.
    pub fn value(&self) -> Option<i64> {
        self.declared.or(self.filled())
    }

    /// What would count if nothing were declared.
    pub fn filled(&self) -> Option<i64> {
        self.consolidated.or(self.computed)
    }

    /// By how much it says otherwise than the register counts; nothing where it says nothing.
    fn otherwise(&self) -> Option<i64> {
        self.value().map(|value| value.saturating_sub(self.computed.unwrap_or(0)))
    }

    /// Whether it says something else than it was filled with.
    pub fn overridden(&self) -> bool {
        self.declared.is_some() && self.filled().is_some() && self.declared != self.filled()
    }
}

/// What a meeting concluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// Which meeting.
    pub meeting: String,
    /// When.
    #[serde(with = "iso")]
    pub held_on: Date,
    /// What.
    pub conclusion: String,
}

/// A file that is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// SHA-256 of its bytes, in small hexadecimal digits.
    pub sha256: String,
    /// Where it is kept.
    pub place: String,
}

/// When figures were counted, and how far the feeds had been applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputedAt {
    /// In nanoseconds since 1970, as a text: JSON's numbers are not wide enough for all.
    at: String,
    /// By source.
    pub positions: Vec<(String, i64)>,
}

impl ComputedAt {
    /// Of a snapshot.
    pub fn of(known: &Known) -> Self {
        let at = known.at.unix_timestamp_nanos().to_string();
        Self { at, positions: known.positions.clone() }
    }

    /// When.
    pub fn at(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(self.at.parse().ok()?).ok()
    }
}

time::serde::format_description!(iso, Date, "[year]-[month]-[day]");

impl Content {
    /// What counts in a row that is no ratio.
    pub fn value(&self, row: &str) -> Option<i64> {
        self.cells.get(row).and_then(Cell::value)
    }
}

/// What one of those below says, to be added up.
pub struct Below {
    /// Its report.
    pub report_id: Uuid,
    /// The edition that was approved.
    pub edition: i32,
    /// What that says.
    pub content: Content,
}

/// What is consolidated of a row, and beyond what it cannot be.
pub struct BeyondNumbers;

/// Adds up what those below say, and what is the superior's own, into its cells. In a `distinct` row
/// somebody may stand in the reports of two and counts once: there it is what the register counts of all of
/// them together, and by how much they say otherwise.
pub fn consolidate(
    form: &Form,
    content: &mut Content,
    below: &[Below],
    distinct: &BTreeSet<String>,
) -> Result<(), BeyondNumbers> {
    for row in form.rows.iter().filter(|row| !row.is_ratio()) {
        let cells = || below.iter().filter_map(|one| one.content.cells.get(&row.code));
        let consolidated = match row.mean_of.as_str() {
            "" => sum(cells().filter_map(Cell::value)).transpose()?,
            weight => mean(below, &row.code, weight)?,
        };
        let computed_below = sum(cells().filter_map(|cell| cell.computed)).transpose()?;
        let overridden =
            cells().map(|cell| cell.overridden_below + i32::from(cell.overridden())).sum();
        let otherwise = sum(cells().filter_map(Cell::otherwise)).transpose()?;
        let cell = content.cells.entry(row.code.clone()).or_default();
        if let (true, Some(counted)) = (distinct.contains(&row.code), cell.computed) {
            cell.consolidated = match otherwise {
                Some(by) => Some(counted.checked_add(by).ok_or(BeyondNumbers)?),
                None => None,
            };
            cell.computed_below = computed_below;
            cell.overridden_below = overridden;
            continue;
        }
        // A mean of its own it would have to declare.
        let own = cell.own.filter(|_| row.mean_of.is_empty());
        // Where nobody below is asked for it, what the register counts stands.
        cell.consolidated = match consolidated {
            Some(below) => Some(below.checked_add(own.unwrap_or(0)).ok_or(BeyondNumbers)?),
            None => None,
        };
        cell.computed_below = computed_below;
        cell.overridden_below = overridden;
    }
    Ok(())
}

/// None of nothing.
fn sum(values: impl Iterator<Item = i64>) -> Option<Result<i64, BeyondNumbers>> {
    let values: Vec<i128> = values.map(i128::from).collect();
    if values.is_empty() {
        return None;
    }
    Some(i64::try_from(values.iter().sum::<i128>()).map_err(|_| BeyondNumbers))
}

/// The mean of a row, weighted by another, rounded half up; none where nothing has a weight.
fn mean(below: &[Below], row: &str, weight: &str) -> Result<Option<i64>, BeyondNumbers> {
    let pairs = below.iter().filter_map(|one| {
        let weight = one.content.value(weight).filter(|weight| *weight > 0)?;
        Some((i128::from(one.content.value(row)?), i128::from(weight)))
    });
    let (total, weights) = pairs.fold((0, 0), |(total, weights), (value, weight)| {
        (total + value * weight, weights + weight)
    });
    if weights == 0 {
        return Ok(None);
    }
    let mean = (2 * total + weights).div_euclid(2 * weights);
    i64::try_from(mean).map(Some).map_err(|_| BeyondNumbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::reference::periodic_report_form::{Reporters, Row};

    fn form() -> Form {
        let row = |code: &str, mean_of: &str, indicator: &str| Row {
            code: code.to_string(),
            mean_of: mean_of.to_string(),
            indicator: indicator.to_string(),
            ..Row::default()
        };
        Form {
            code: "F".to_string(),
            version: 1,
            name_vi: String::new(),
            name_en: String::new(),
            reporters: Reporters::All,
            rows: vec![
                row("MEMBERS", "", "MBR_STOCK"),
                row("WAGE", "COUNTED", ""),
                row("COUNTED", "", ""),
            ],
            sections: Vec::new(),
            checks: Vec::new(),
        }
    }

    fn below(cells: &[(&str, Option<i64>, Option<i64>)]) -> Below {
        let cells = cells.iter().map(|(row, computed, declared)| {
            let (computed, declared) = (*computed, *declared);
            ((*row).to_string(), Cell { computed, declared, ..Cell::default() })
        });
        let content = Content { cells: cells.collect(), ..Content::default() };
        Below { report_id: Uuid::nil(), edition: 1, content }
    }

    #[test]
    fn what_is_declared_and_what_was_counted_are_both_added_up() {
        let mut content = Content::default();
        let own = Cell { computed: Some(33), own: Some(3), ..Cell::default() };
        content.cells.insert("MEMBERS".to_string(), own);
        let reports = [
            below(&[
                ("MEMBERS", Some(10), Some(12)),
                ("WAGE", None, Some(7)),
                ("COUNTED", None, Some(1)),
            ]),
            below(&[
                ("MEMBERS", Some(20), None),
                ("WAGE", None, Some(10)),
                ("COUNTED", None, Some(1)),
            ]),
            // Who says of nobody what the mean is says nothing.
            below(&[("WAGE", None, Some(900))]),
        ];
        assert!(consolidate(&form(), &mut content, &reports, &BTreeSet::new()).is_ok());
        let members = &content.cells["MEMBERS"];
        assert_eq!(members.value(), Some(12 + 20 + 3));
        assert_eq!(members.computed_below, Some(30));
        assert_eq!((members.overridden_below, members.computed), (1, Some(33)));
        assert_eq!(content.value("WAGE"), Some(9), "8.5, half up");
        assert_eq!(content.value("COUNTED"), Some(2));
    }

    #[test]
    fn who_stands_in_the_reports_of_two_counts_once() {
        let distinct = BTreeSet::from(["MEMBERS".to_string()]);
        let mut content = Content::default();
        // Five of the one, four of the other, and two are the same; of the superior's own there is one.
        let counted = Cell { computed: Some(8), own: Some(1), ..Cell::default() };
        content.cells.insert("MEMBERS".to_string(), counted);
        let as_counted =
            [below(&[("MEMBERS", Some(5), None)]), below(&[("MEMBERS", Some(4), None)])];
        assert!(consolidate(&form(), &mut content, &as_counted, &distinct).is_ok());
        assert_eq!(content.value("MEMBERS"), Some(8));
        let otherwise =
            [below(&[("MEMBERS", Some(5), Some(7))]), below(&[("MEMBERS", Some(4), Some(3))])];
        assert!(consolidate(&form(), &mut content, &otherwise, &distinct).is_ok());
        let members = &content.cells["MEMBERS"];
        assert_eq!(members.value(), Some(8 + 2 - 1));
        assert_eq!((members.computed_below, members.overridden_below), (Some(9), 2));
        // Where the register counts nothing, what they say is all that there is.
        let mut uncounted = Content::default();
        assert!(consolidate(&form(), &mut uncounted, &otherwise, &distinct).is_ok());
        assert_eq!(uncounted.value("MEMBERS"), Some(7 + 3));
    }

    #[test]
    fn what_is_more_than_a_number_can_be_is_refused() {
        let reports =
            [below(&[("COUNTED", None, Some(i64::MAX))]), below(&[("COUNTED", None, Some(1))])];
        let nothing = BTreeSet::new();
        assert!(consolidate(&form(), &mut Content::default(), &reports, &nothing).is_err());
    }
}
