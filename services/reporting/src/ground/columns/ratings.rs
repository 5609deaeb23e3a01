//! Ratings of unions, and which unions are rated: by the rules of the scheme that each was rated by.

use std::collections::{HashMap, HashSet};

use crate::ground::columns::cut::Cut;
use crate::ground::columns::day;
use crate::ground::columns::facts::Facts;
use crate::ground::columns::names::NOBODY;
use crate::ground::columns::rows::Rows;
use crate::ground::columns::sums::{Days, Wide};
use crate::ground::columns::tree::Tree;
use crate::ground::fact::Code;

/// By which rules the rating of a union and a year counts. Of several, that which was written last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rules {
    /// The union.
    pub unit: u32,
    /// The year.
    pub year: i32,
    /// In which order it was written.
    pub written: i64,
    /// After how many months a union is eligible.
    pub months: i32,
    /// After how many one that came of others is.
    pub succession_months: i32,
}

/// A union came of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// Which.
    pub successor: u32,
    /// Of which.
    pub predecessor: u32,
    /// On which day.
    pub day: i32,
    /// The other one lives on.
    pub split_off: bool,
    /// By which act of registry.
    pub act: u32,
}

/// After how many months unions are eligible, and after how many those that came of others are, unless
/// their scheme says otherwise.
const MONTHS: (i32, i32) = (12, 6);

/// Says whether unions are rated for what ends on a day: what the function `rating_ineligibility` of
/// the schema says, of the tree in memory.
pub struct Eligibility<'a> {
    tree: &'a Tree,
    /// By union and year, where they are not those of everybody.
    rules: HashMap<(u32, i32), (i32, i32)>,
    /// Unions that came of others on their first day.
    came_of_others: HashSet<u32>,
    /// The last day that was asked, and the days before which a union of everybody's rules was founded.
    asked: Option<(i32, (i32, i32))>,
}

impl<'a> Eligibility<'a> {
    /// As far as it was known at an instant.
    pub fn of(
        tree: &'a Tree,
        rules: &Rows<Rules>,
        shares: &Rows<Share>,
        undone: &Rows<u32>,
        known: i64,
    ) -> Self {
        let mut of_years = HashMap::new();
        rules.each(
            known,
            |_| true,
            |rules, _| {
                let (key, months) =
                    ((rules.unit, rules.year), (rules.months, rules.succession_months));
                if months == MONTHS {
                    of_years.remove(&key);
                } else {
                    of_years.insert(key, months);
                }
            },
        );
        let came_of_others = came_of_others(tree, shares, undone, known);
        Self { tree, rules: of_years, came_of_others, asked: None }
    }

    /// Whether a rating of a union that counts on a day counts in figures.
    pub fn counts(&mut self, unit: u32, on: i32) -> bool {
        let rules = match self.rules.is_empty() {
            true => None,
            false => self.rules.get(&(unit, day::year(on))).copied(),
        };
        self.is_rated(unit, on, rules)
    }

    /// Whether a union is to be rated for what ends on a day; by the rules of everybody, unless there
    /// are others.
    pub fn is_rated(&mut self, unit: u32, through: i32, rules: Option<(i32, i32)>) -> bool {
        let Some(life) = self.tree.life(unit).filter(|life| life.on(through)) else { return false };
        if !self.tree.is_union_on(unit, through, true) {
            return false;
        }
        let (by, by_of_others) = match rules {
            Some(rules) => founded_by(through, rules),
            None => match self.asked {
                Some((of, days)) if of == through => days,
                _ => self.asked.insert((through, founded_by(through, MONTHS))).1,
            },
        };
        life.founded <= by || life.founded <= by_of_others && self.came_of_others.contains(&unit)
    }
}

/// By which day a union has to be founded, and one that came of others, to be rated for what ends on a
/// day.
fn founded_by(through: i32, (months, succession_months): (i32, i32)) -> (i32, i32) {
    let next = through.saturating_add(1);
    (day::months_before(next, months), day::months_before(next, succession_months))
}

/// The unions that were founded of others: on the day on which those ended by a merger, a consolidation
/// or a division, or were split.
fn came_of_others(
    tree: &Tree,
    shares: &Rows<Share>,
    undone: &Rows<u32>,
    known: i64,
) -> HashSet<u32> {
    let founded = |unit: u32| tree.life(unit).map(|life| life.founded);
    let mut found: HashSet<u32> = tree
        .lives()
        .filter(|(_, former)| former.reorganised && !former.never && former.heir != NOBODY)
        .filter(|(_, former)| founded(former.heir) == Some(former.ended))
        .map(|(_, former)| former.heir)
        .collect();
    let mut taken_back = HashSet::new();
    undone.each(
        known,
        |_| true,
        |act, _| {
            taken_back.insert(act);
        },
    );
    shares.each(
        known,
        |_| true,
        |share, _| {
            let ended_so = tree.life(share.predecessor).is_some_and(|former| {
                former.reorganised && !former.never && former.ended == share.day
            });
            let split_off = share.split_off && !taken_back.contains(&share.act);
            if (ended_so || split_off) && founded(share.successor) == Some(share.day) {
                found.insert(share.successor);
            }
        },
    );
    found
}

/// Ratings with one of these grades, by line; with any, if there is no list of them: of unions that were
/// eligible on the day on which they count. One that is rated without being so is nowhere.
pub fn ratings(
    facts: &Facts,
    cut: &Cut,
    eligibility: &mut Eligibility<'_>,
    days: Days,
    grades: Option<&[u32]>,
) -> Wide {
    let mut sums = vec![0; cut.lines().len()];
    facts.each(Code::Rating, days.from, days.until, |row| {
        if grades.is_none_or(|grades| grades.contains(&row.label.reason()))
            && eligibility.counts(row.unit, row.day)
        {
            let amount = i128::from(row.amount);
            cut.lines_on(row.unit, row.day, |line| sums[line] += amount);
        }
    });
    sums
}

/// Of a head's unions that are to be rated for a year, those that were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rated {
    /// How many are to be.
    pub eligible: i64,
    /// How many of them are.
    pub rated: i64,
}

/// Of the unions that are to be rated for the years that end on some days, those that were within the
/// year, by head. One that is rated without being eligible makes up for none that is not.
pub fn rated(
    facts: &Facts,
    tree: &Tree,
    cut: &Cut,
    eligibility: &mut Eligibility<'_>,
    year_ends: &[i32],
    grades: Option<&[u32]>,
) -> Vec<Rated> {
    let mut found = vec![Rated::default(); cut.heads()];
    for last in year_ends {
        let mut times = vec![0_i64; tree.len()];
        let begins = day::months_before(*last, 12).saturating_add(1);
        facts.each(Code::Rating, begins, last.saturating_add(1), |row| {
            if grades.is_none_or(|grades| grades.contains(&row.label.reason()))
                && eligibility.counts(row.unit, row.day)
                && let Some(of_unit) = times.get_mut(row.unit as usize)
            {
                *of_unit += row.amount;
            }
        });
        for unit in cut.units() {
            if !eligibility.is_rated(unit, *last, None) {
                continue;
            }
            let is_rated = times.get(unit as usize).is_some_and(|times| *times > 0);
            cut.lines_on(unit, *last, |line| {
                let of_head = &mut found[cut.head_of(line) as usize];
                of_head.eligible += 1;
                of_head.rated += i64::from(is_rated);
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::ground::columns::day::NEVER;
    use crate::ground::columns::rows::Row;
    use crate::ground::columns::tree::{Kind, Life, Told};

    fn on(day: time::Date) -> i32 {
        day::number(day)
    }

    /// Four unions of April, the second of which came of the fifth, which it inherited; the third has a
    /// share of the sixth, which was divided, and the fourth was split off from the seventh.
    fn tree() -> Tree {
        let april = on(date!(2024 - 04 - 10));
        let life = |founded, ended, heir, reorganised| Life {
            founded,
            ended,
            heir,
            last_superior: NOBODY,
            founded_under: NOBODY,
            members_to: NOBODY,
            kind: Kind::of(0, true),
            never: false,
            reorganised,
            end_position: 0,
        };
        let young = || life(april, NEVER, NOBODY, false);
        let ended = |heir| life(0, april, heir, true);
        let lives = vec![
            (0, young()),
            (1, young()),
            (2, young()),
            (3, young()),
            (4, ended(1)),
            (5, ended(NOBODY)),
            (6, life(0, NEVER, NOBODY, false)),
        ];
        Tree::of(7, Told { lives, ..Told::default() })
    }

    #[test]
    fn what_came_of_others_is_rated_sooner_unless_that_was_undone_or_a_scheme_says_otherwise() {
        let (tree, april) = (tree(), on(date!(2024 - 04 - 10)));
        let share = |successor, predecessor, split_off| Row {
            key: Share { successor, predecessor, day: april, split_off, act: predecessor },
            recorded: 1,
            amount: 1,
        };
        let shares = Rows::of(vec![share(2, 5, false), share(3, 6, true)]);
        let undone = Rows::of(vec![Row { key: 6, recorded: 5, amount: 1 }]);
        let rules = |unit, written, months| Row {
            key: Rules { unit, year: 2024, written, months, succession_months: 6 },
            recorded: written,
            amount: 1,
        };
        let rules = Rows::of(vec![rules(0, 1, 3), rules(1, 2, 9), rules(0, 3, 12)]);
        let counts = |known: i64, day| {
            let mut eligibility = Eligibility::of(&tree, &rules, &shares, &undone, known);
            [0, 1, 2, 3, 6].map(|unit| eligibility.counts(unit, on(day)))
        };
        let (autumn, winter) = (date!(2024 - 10 - 08), date!(2024 - 12 - 31));
        assert_eq!(counts(0, autumn), [false, false, false, false, true]);
        assert_eq!(counts(0, winter), [false, true, false, false, true], "no share is known");
        assert_eq!(counts(2, winter), [true, true, true, true, true], "after three months");
        assert_eq!(
            counts(9, winter),
            [false, true, true, false, true],
            "undone, and as others are"
        );
        assert_eq!(counts(9, date!(2025 - 04 - 09)), [true; 5], "a year later");
    }
}
