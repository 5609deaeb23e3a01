//! People in the bodies of organisations, who count once whoever they were merged from.

use crate::ground::columns::cut::Cut;
use crate::ground::columns::names::NOBODY;
use crate::ground::columns::rows::Rows;
use crate::ground::columns::subjects::{Counter, Once, Where};
use crate::ground::columns::sums::Days;

/// Somebody holds an office of a union over some days; steering committees are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Office {
    /// Who, as she was seated.
    pub person: u32,
    /// In a body of which organisation.
    pub unit: u32,
    /// The first day.
    pub from: i32,
    /// The first day on which she no longer does.
    pub until: i32,
}

/// Somebody is somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Merged {
    /// Who.
    pub person: u32,
    /// Who she is.
    pub root: u32,
}

/// Distinct people in office on some of the days; of them, where there is a list of people, only
/// those who are in it.
pub fn count(
    offices: &Rows<Office>,
    merges: &Rows<Merged>,
    (cut, counts): (&Cut, Where),
    days: Days,
    only: Option<&[bool]>,
    known: i64,
) -> Once {
    let mut roots: Vec<Merged> = Vec::new();
    merges.each(
        known,
        |_| true,
        |key, amount| {
            if amount > 0 {
                roots.push(key);
            }
        },
    );
    let wanted = |office: &Office| office.from < days.until && days.from < office.until;
    // Offices of whoever is another are few: they are put beside those of whom she is.
    let mut moved: Vec<Office> = Vec::new();
    if !roots.is_empty() {
        let mut roots = Roots::of(&roots);
        offices.each(known, wanted, |office, amount| {
            if let Some(root) = roots.of_person(office.person).filter(|_| amount > 0) {
                moved.push(Office { person: root, ..office });
            }
        });
        moved.sort_unstable();
    }
    let mut moved = moved.into_iter().peekable();
    let mut roots = Roots::of(&roots);
    let mut counter = Counter::of(cut, counts);
    let mut person = NOBODY;
    let is_one_day = days.from.checked_add(1) == Some(days.until);
    let mut seat = |office: Office| {
        if office.person != person {
            counter.next();
            person = office.person;
        }
        let is_asked = only.is_none_or(|only| only.get(person as usize) == Some(&true));
        if is_one_day {
            if is_asked {
                let on = days.from;
                cut.lines_on(office.unit, on, |line| counter.tell(line, 1, on));
            }
            return;
        }
        let (from, until) = (office.from.max(days.from), office.until.min(days.until));
        for piece in cut.pieces(office.unit).iter().filter(|_| is_asked) {
            if from.max(piece.from) < until.min(piece.until) {
                counter.tell(piece.line as usize, 1, from.max(piece.from));
            }
        }
    };
    offices.each(known, wanted, |office, amount| {
        if amount <= 0 || roots.of_person(office.person).is_some() {
            return;
        }
        while let Some(earlier) = moved.next_if(|moved| moved.person <= office.person) {
            seat(earlier);
        }
        seat(office);
    });
    moved.for_each(seat);
    counter.counted()
}

/// Who is whom, asked in the order of people.
struct Roots<'a>(&'a [Merged]);

impl<'a> Roots<'a> {
    fn of(merges: &'a [Merged]) -> Self {
        Self(merges)
    }

    fn of_person(&mut self, person: u32) -> Option<u32> {
        while let [first, rest @ ..] = self.0
            && first.person < person
        {
            self.0 = rest;
        }
        self.0.first().filter(|first| first.person == person).map(|first| first.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::columns::cut::{Line, Piece};
    use crate::ground::columns::day::{EVER, NEVER};
    use crate::ground::columns::rows::Row;

    /// Units 0 and 1 in a line each, of one head.
    fn two_lines() -> Cut {
        let line = |name: &str| Line { head: 0, name: name.to_string() };
        let always = |line| Piece { from: EVER, until: NEVER, line };
        Cut::put(2, &[(0, always(0)), (1, always(1))], vec![line("a"), line("b")], 1)
    }

    #[test]
    fn whoever_was_seated_as_two_is_one_from_when_that_is_known() {
        let seat = |person, unit, from, until, recorded, amount| Row {
            key: Office { person, unit, from, until },
            recorded,
            amount,
        };
        let mut offices = Rows::of(vec![
            seat(1, 0, 0, NEVER, 1, 1),
            seat(2, 1, 0, NEVER, 1, 1),
            seat(3, 1, 0, NEVER, 1, 1),
        ]);
        // Three is known to have left on day 50.
        offices = offices.with(vec![seat(3, 1, 0, NEVER, 30, -1), seat(3, 1, 0, 50, 30, 1)]);
        let merge = |recorded, amount| Row { key: Merged { person: 1, root: 2 }, recorded, amount };
        let merges = Rows::of(vec![merge(10, 1)]).with(vec![merge(20, -1)]);
        let (cut, days) = (two_lines(), Days { from: 60, until: 61 });
        let known = |at: i64, only: Option<&[bool]>| {
            let once = count(&offices, &merges, (&cut, Where::Everywhere), days, only, at);
            (once.totals[0], once.lines)
        };
        assert_eq!(known(0, None), (0, vec![0, 0]), "before anything was told");
        assert_eq!(known(5, None), (3, vec![1, 2]));
        assert_eq!(known(15, None), (2, vec![1, 2]), "in two lines, and one");
        assert_eq!(known(25, None), (3, vec![1, 2]), "they are two after all");
        assert_eq!(known(35, None), (2, vec![1, 1]), "who left is none");
        // Of those who are asked for, one of whom is another.
        assert_eq!(known(15, Some(&[false, false, true, false])), (1, vec![1, 1]));
        assert_eq!(known(5, Some(&[false, false, true, false])), (1, vec![0, 1]));
    }
}
