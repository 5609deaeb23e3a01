//! People in the bodies of organisations, who count once whoever they were merged from.

use crate::ground::columns::cut::Cut;
use crate::ground::columns::names::NOBODY;
use crate::ground::columns::rows::Rows;
use crate::ground::columns::subjects::{Counter, Once};
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
    cut: &Cut,
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
    let mut counter = Counter::of(cut);
    let mut person = NOBODY;
    let mut seat = |office: Office| {
        if office.person != person {
            counter.next();
            person = office.person;
        }
        let counts = only.is_none_or(|only| only.get(person as usize) == Some(&true));
        let (from, until) = (office.from.max(days.from), office.until.min(days.until));
        for piece in cut.pieces(office.unit).iter().filter(|_| counts) {
            if from.max(piece.from) < until.min(piece.until) {
                counter.tell(piece.line as usize, 1);
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
