//! What is known of employers: who surveyed them, how many work there, and in which unions.

use crate::ground::columns::cut::Cut;
use crate::ground::columns::names::{Lists, NOBODY};
use crate::ground::columns::rows::Rows;
use crate::ground::columns::sums::Lines;
use crate::ground::columns::tree::Tree;

/// What was found at an employer on a day. Of several of one employer, the last counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Survey {
    /// Which.
    pub employer: u32,
    /// The day.
    pub day: i32,
    /// Which organisation found it.
    pub surveyor: u32,
    /// How many work there.
    pub workforce: i32,
    /// The number of the list of its unions.
    pub unions: u32,
}

/// What is known of each employer on a day: the last that was found by then.
fn each_employer(surveys: &Rows<Survey>, on: i32, known: i64, mut take: impl FnMut(Survey)) {
    let mut last: Option<Survey> = None;
    surveys.each(
        known,
        |survey| survey.day <= on,
        |survey, amount| {
            if amount <= 0 {
                return;
            }
            let of_another = last.filter(|last| last.employer != survey.employer);
            if let Some(whole) = of_another {
                take(whole);
            }
            last = Some(survey);
        },
    );
    if let Some(last) = last {
        take(last);
    }
}

/// Whether one of some unions lives on a day, or, in the place of one that has ended, its principal
/// successor, or that one's.
fn one_lives(tree: &Tree, unions: &[u32], on: i32) -> bool {
    let mut seen: Vec<u32> = unions.to_vec();
    let mut at = 0;
    while let Some(union) = seen.get(at).copied() {
        at += 1;
        let Some(life) = tree.life(union) else { continue };
        if life.on(on) {
            return true;
        }
        if life.heir != NOBODY && life.ended <= on && !seen.contains(&life.heir) {
            seen.push(life.heir);
        }
    }
    false
}

/// Employers of at least so many workers without a living union at the end of a day, by line of
/// whoever surveyed them.
pub fn without_union(
    surveys: &Rows<Survey>,
    lists: &Lists,
    tree: &Tree,
    cut: &Cut,
    (on, workforce): (i32, i32),
    known: i64,
) -> Lines {
    let mut sums = vec![0; cut.lines().len()];
    each_employer(surveys, on, known, |survey| {
        let unions = lists.name(survey.unions).map_or(&[][..], Vec::as_slice);
        if survey.workforce >= workforce && !one_lives(tree, unions, on) {
            cut.lines_on(survey.surveyor, on, |line| sums[line] += 1);
        }
    });
    sums
}

/// Who works where a union is: by unit, as last surveyed by the end of a day; none where nobody was.
pub fn at_work(
    surveys: &Rows<Survey>,
    lists: &Lists,
    units: usize,
    on: i32,
    known: i64,
) -> Vec<Option<i64>> {
    let mut people = vec![None; units];
    each_employer(surveys, on, known, |survey| {
        for union in lists.name(survey.unions).into_iter().flatten() {
            if let Some(of_union) = people.get_mut(*union as usize) {
                *of_union = Some(of_union.unwrap_or(0) + i64::from(survey.workforce));
            }
        }
    });
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::columns::day::NEVER;
    use crate::ground::columns::rows::Row;
    use crate::ground::columns::tree::{Kind, Life, Told};

    #[test]
    fn of_several_surveys_of_a_day_the_last_counts_and_an_heir_stands_for_a_union_that_ended() {
        let life = |ended, heir| Life {
            founded: 0,
            ended,
            heir,
            last_superior: NOBODY,
            founded_under: NOBODY,
            members_to: NOBODY,
            kind: Kind::of(0, true),
            never: false,
            reorganised: true,
            end_position: 0,
        };
        let lives = vec![(0, life(NEVER, NOBODY)), (1, life(10, 2)), (2, life(20, NOBODY))];
        let tree = Tree::of(3, Told { lives, ..Told::default() });
        let mut lists = Lists::default();
        let (none, ended) = (lists.give(&[][..]), lists.give(&[1][..]));
        let survey = |day, workforce, unions, recorded, amount| Row {
            key: Survey { employer: 7, day, surveyor: 0, workforce, unions },
            recorded,
            amount,
        };
        // Said otherwise of the same day.
        let surveys = Rows::of(vec![survey(5, 30, none, 1, 1)])
            .with(vec![survey(5, 30, none, 2, -1), survey(5, 40, ended, 2, 1)]);
        let last = |on, known| {
            let mut found = Vec::new();
            each_employer(&surveys, on, known, |survey| found.push(survey.workforce));
            found
        };
        assert_eq!((last(4, 9), last(5, 9), last(99, 1)), (vec![], vec![40], vec![30]));
        assert!(one_lives(&tree, &[1], 5) && one_lives(&tree, &[1], 15));
        assert!(!one_lives(&tree, &[1], 20) && !one_lives(&tree, &[], 5));
        assert_eq!(at_work(&surveys, &lists, 3, 5, 9), [None, Some(40), None]);
        assert_eq!(at_work(&surveys, &lists, 3, 5, 1), [None, None, None]);
    }
}
