//! Whom activities reached.

use crate::ground::columns::cut::Cut;
use crate::ground::columns::rows::Rows;
use crate::ground::columns::sums::{Days, Lines};
use crate::ground::columns::tree::Tree;

/// A union made something known to people on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    /// Which.
    pub unit: u32,
    /// The day.
    pub day: i32,
    /// How many people.
    pub people: i64,
}

/// Unions that were reached, people in them who were, and people who could have been, by line.
pub struct Reach {
    /// Unions where somebody came.
    pub unions: Lines,
    /// People whom the largest activity of each union reached.
    pub people: Lines,
    /// People in the unions, reached or not.
    pub at_work: Lines,
}

/// How many people the largest activity of each of so many units reached within some days.
pub fn largest(reached: &Rows<Reached>, units: usize, days: Days, known: i64) -> Vec<i64> {
    let mut largest = vec![0_i64; units];
    let within = |reached: &Reached| (days.from..days.until).contains(&reached.day);
    reached.each(known, within, |reached, times| {
        if times > 0
            && let Some(of_unit) = largest.get_mut(reached.unit as usize)
        {
            *of_unit = reached.people.max(*of_unit);
        }
    });
    largest
}

/// Dissemination over the unions that exist at the end of a day. People at work are the workforce of
/// the union's employers as last surveyed, its members where none was, or where they are more.
pub fn count(
    tree: &Tree,
    cut: &Cut,
    (on, without_suspended): (i32, bool),
    largest: &[i64],
    members: &[i64],
    workforce: &[Option<i64>],
) -> Reach {
    let none = || vec![0; cut.lines().len()];
    let mut reach = Reach { unions: none(), people: none(), at_work: none() };
    for unit in cut.units().filter(|unit| tree.is_union_on(*unit, on, without_suspended)) {
        let at = unit as usize;
        let reached = largest.get(at).copied().unwrap_or_default();
        let members = members.get(at).copied().unwrap_or_default();
        let workforce = workforce.get(at).copied().flatten();
        let present = workforce.map_or(members, |workforce| workforce.max(members));
        cut.lines_on(unit, on, |line| {
            reach.unions[line] += i64::from(reached > 0);
            reach.people[line] += reached;
            reach.at_work[line] += present;
        });
    }
    reach
}
