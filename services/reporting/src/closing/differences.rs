//! What a closing differs in from what is counted otherwise.

use std::collections::BTreeMap;

use crate::closing::chain::Cell;

/// A cell that is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What is counted.
    pub indicator: String,
    /// Of which line.
    pub line: String,
    /// What the line is called.
    pub name: String,
    /// As it was closed: value and denominator.
    pub closed: (i64, i64),
    /// As it is otherwise.
    pub other: (i64, i64),
}

/// The cells that are not the same, by indicator and line; what one has not is 0 there.
pub fn differences(closed: &[Cell], other: &[Cell]) -> Vec<Difference> {
    type Sides<'a> = (&'a str, (i64, i64), (i64, i64));
    let mut cells: BTreeMap<(&str, &str), Sides<'_>> = BTreeMap::new();
    for cell in closed {
        let of = cells.entry((&cell.indicator, &cell.line)).or_default();
        (of.0, of.1) = (&cell.name, (cell.value, cell.denominator));
    }
    for cell in other {
        let of = cells.entry((&cell.indicator, &cell.line)).or_default();
        of.2 = (cell.value, cell.denominator);
        if of.0.is_empty() {
            of.0 = &cell.name;
        }
    }
    cells
        .into_iter()
        .filter(|(_, (_, closed, other))| closed != other)
        .map(|((indicator, line), (name, closed, other))| Difference {
            indicator: indicator.to_string(),
            line: line.to_string(),
            name: name.to_string(),
            closed,
            other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(line: &str, value: i64) -> Cell {
        Cell {
            indicator: "MBR_STOCK".to_string(),
            line: line.to_string(),
            name: line.to_lowercase(),
            value,
            denominator: 0,
        }
    }

    #[test]
    fn only_what_is_not_the_same_is_told_also_where_one_side_has_nothing() {
        let closed = [cell("TOTAL", 16), cell("A", 10), cell("B", 6)];
        let other = [cell("TOTAL", 17), cell("A", 10), cell("C", 7)];
        let told: Vec<(String, i64, i64)> = differences(&closed, &other)
            .into_iter()
            .map(|one| (one.line, one.closed.0, one.other.0))
            .collect();
        let told: Vec<(&str, i64, i64)> =
            told.iter().map(|(line, closed, other)| (&**line, *closed, *other)).collect();
        assert_eq!(told, [("B", 6, 0), ("C", 0, 7), ("TOTAL", 16, 17)]);
        assert!(differences(&closed, &closed).is_empty());
    }
}
