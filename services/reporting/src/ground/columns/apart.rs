//! What is added up of columns, told apart by what facts say: by their reasons, or by the sex of whom they
//! are about.

use std::collections::BTreeMap;

use crate::ground::columns::cut::Cut;
use crate::ground::columns::day::EVER;
use crate::ground::columns::facts::{Facts, Row};
use crate::ground::columns::sums::{Days, Lines, Wide, stock, takes_away};
use crate::ground::fact::Code;
use crate::ground::figure::breakdown::Apart;

/// Facts of a code by what they say and by line, with one of these reasons; any, if there is no list of
/// them.
pub fn flow(
    facts: &Facts,
    cut: &Cut,
    code: Code,
    days: Days,
    reasons: Option<&[u32]>,
    by: Apart,
) -> BTreeMap<u32, Wide> {
    let mut sums: BTreeMap<u32, Wide> = BTreeMap::new();
    facts.each(code, days.from, days.until, |row| {
        if reasons.is_none_or(|reasons| reasons.contains(&row.label.reason())) {
            let amount = i128::from(row.amount);
            let sums = sums.entry(said(by, &row)).or_insert_with(|| vec![0; cut.lines().len()]);
            cut.lines_on(row.unit, row.day, |line| sums[line] += amount);
        }
    });
    sums
}

/// The members of each line at the end of a day: what came less what went.
pub fn members(facts: &Facts, cut: &Cut, on: i32, by: Apart) -> BTreeMap<u32, Lines> {
    let mut people = BTreeMap::new();
    for code in Code::MEMBER_MOVEMENTS {
        let sign = if takes_away(code) { -1 } else { 1 };
        add(facts, code, on, cut.known_units(), &mut people, |row| Some((said(by, row), sign)));
    }
    at_end(cut, on, &people)
}

/// People who stand in one of these ways at the end of a day.
pub fn standing(
    facts: &Facts,
    cut: &Cut,
    on: i32,
    kinds: &[u32],
    by: Apart,
) -> BTreeMap<u32, Lines> {
    let mut people = BTreeMap::new();
    add(facts, Code::Standing, on, cut.known_units(), &mut people, |row| {
        kinds.contains(&row.label.reason()).then(|| (said(by, row), 1))
    });
    at_end(cut, on, &people)
}

/// The words that facts of a code were ever told under.
pub fn reasons(facts: &Facts, code: Code) -> Vec<u32> {
    let mut reasons = Vec::new();
    facts.each(code, EVER, i32::MAX, |row| {
        let reason = row.label.reason();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    });
    reasons
}

/// Adds what all facts until a day come to, by what they say and by unit; those that are taken.
fn add(
    facts: &Facts,
    code: Code,
    on: i32,
    units: usize,
    people: &mut BTreeMap<u32, Vec<i64>>,
    take: impl Fn(&Row) -> Option<(u32, i64)>,
) {
    facts.each(code, EVER, on.saturating_add(1), |row| {
        if let Some((said, sign)) = take(&row) {
            let of_units = people.entry(said).or_insert_with(|| vec![0; units]);
            if let Some(of_unit) = of_units.get_mut(row.unit as usize) {
                *of_unit += sign * row.amount;
            }
        }
    });
}

fn at_end(cut: &Cut, on: i32, people: &BTreeMap<u32, Vec<i64>>) -> BTreeMap<u32, Lines> {
    people.iter().map(|(said, of_units)| (*said, stock(cut, on, of_units))).collect()
}

fn said(by: Apart, row: &Row) -> u32 {
    match by {
        Apart::Reason => row.label.reason(),
        Apart::Sex => row.label.sex(),
        Apart::Both => row.label.number(),
    }
}
