//! What becomes of somebody, by what was decided of her and what is known.

use std::collections::HashMap;

use time::macros::date;

use super::*;

const U: Uuid = Uuid::from_u128(1);
const V: Uuid = Uuid::from_u128(2);
const W: Uuid = Uuid::from_u128(3);
const ACT: Option<Uuid> = Some(Uuid::from_u128(9));
const ADMITTED: Date = date!(2024 - 02 - 01);
const END: Date = date!(2024 - 06 - 01);
const LATER: Date = date!(2024 - 09 - 01);

fn lives(of_u: Life) -> Lives {
    HashMap::from([(U, of_u), (V, Life::default()), (W, Life::default())])
}

fn ended(to: Option<Uuid>) -> Life {
    Life { ended_on: Some(END), to, because: ACT, ..Life::default() }
}

fn never() -> Life {
    Life { never_existed: true, because: ACT, ..Life::default() }
}

fn decided(moves: &[(Date, Move)]) -> Vec<Decided> {
    (100..)
        .zip(moves)
        .map(|(id, (on, what))| Decided {
            movement_id: Uuid::from_u128(id),
            first: Uuid::from_u128(id),
            on: *on,
            what: *what,
        })
        .collect()
}

fn done(moves: &[(Date, Move)], of_u: Life) -> Vec<(Date, Move)> {
    let course = course(&decided(moves), &lives(of_u), Contradictions::Left).expect("clear");
    course.steps.iter().map(|step| (step.on, step.what)).collect()
}

const JOINS_U: (Date, Move) = (ADMITTED, Move::Admission { to: U, kind: 1 });
const RETIRES: (Date, Move) = (LATER, Move::Exit { from: U, reason: 4 });
const MOVES_ON: (Date, Move) = (LATER, Move::Transfer { from: U, to: W });

#[test]
fn an_exit_after_the_end_is_from_where_the_members_went_or_falls_away() {
    let moves = [JOINS_U, RETIRES];
    assert_eq!(done(&moves, Life::default()), moves);
    let went = [
        JOINS_U,
        (END, Move::Transfer { from: U, to: V }),
        (LATER, Move::Exit { from: V, reason: 4 }),
    ];
    assert_eq!(done(&moves, ended(Some(V))), went);
    assert_eq!(done(&moves, ended(None)), [JOINS_U, (END, Move::Exit { from: U, reason: 7 })]);
}

#[test]
fn whoever_joins_what_has_ended_joins_where_it_goes_on() {
    let joins = (LATER, Move::Admission { to: U, kind: 2 });
    assert_eq!(done(&[joins], ended(Some(V))), [(LATER, Move::Admission { to: V, kind: 2 })]);
    assert_eq!(done(&[joins], ended(None)), []);
}

#[test]
fn what_never_existed_leaves_people_where_they_were() {
    let in_v = (ADMITTED, Move::Admission { to: V, kind: 1 });
    let into_u = (END, Move::Transfer { from: V, to: U });
    assert_eq!(done(&[in_v, into_u], never()), [in_v]);
    assert_eq!(
        done(&[in_v, into_u, MOVES_ON], never()),
        [in_v, (LATER, Move::Transfer { from: V, to: W })]
    );
    assert_eq!(
        done(&[in_v, into_u, RETIRES], never()),
        [in_v, (LATER, Move::Exit { from: V, reason: 4 })]
    );
    assert_eq!(done(&[JOINS_U], never()), []);
    assert_eq!(done(&[JOINS_U, RETIRES], never()), []);
    assert_eq!(done(&[JOINS_U, MOVES_ON], never()), [(LATER, Move::Admission { to: W, kind: 1 })]);
}

#[test]
fn what_contradicts_itself_is_left_until_somebody_has_it_settled() {
    let readmitted = (LATER, Move::Admission { to: W, kind: 1 });
    for (moves, of_u, settled) in [
        (
            [JOINS_U, readmitted],
            Life::default(),
            vec![JOINS_U, (LATER, Move::Transfer { from: U, to: W })],
        ),
        (
            [JOINS_U, MOVES_ON],
            ended(None),
            vec![
                JOINS_U,
                (END, Move::Exit { from: U, reason: 7 }),
                (LATER, Move::Admission { to: W, kind: 3 }),
            ],
        ),
    ] {
        let (moves, lives) = (decided(&moves), lives(of_u));
        assert_eq!(course(&moves, &lives, Contradictions::Left), Err(Contradiction));
        let course = course(&moves, &lives, Contradictions::Settled).expect("settled");
        let steps: Vec<_> = course.steps.iter().map(|step| (step.on, step.what)).collect();
        assert_eq!(steps, settled);
    }
}

#[test]
fn who_was_to_join_before_the_union_existed_joins_on_its_first_day() {
    let founded = Life { founded_on: Some(END), ..Life::default() };
    let joins = (END, Move::Admission { to: U, kind: 1 });
    assert_eq!(done(&[JOINS_U], founded), [joins]);
    assert_eq!(done(&[JOINS_U, RETIRES], founded), [joins, RETIRES]);
    let in_v = (ADMITTED, Move::Admission { to: V, kind: 1 });
    let into_u = (date!(2024 - 03 - 01), Move::Transfer { from: V, to: U });
    assert_eq!(done(&[in_v, into_u], founded), [in_v, (END, Move::Transfer { from: V, to: U })]);
}

#[test]
fn who_had_gone_on_before_the_union_existed_never_was_in_it() {
    const EARLY: Date = date!(2024 - 03 - 01);
    let founded = Life { founded_on: Some(END), because: ACT, ..Life::default() };
    let in_v = (date!(2024 - 01 - 01), Move::Admission { to: V, kind: 1 });
    let into_u = (ADMITTED, Move::Transfer { from: V, to: U });
    for left_on in [EARLY, END] {
        let leaves = (left_on, Move::Exit { from: U, reason: 4 });
        let goes = (left_on, Move::Transfer { from: U, to: W });
        for (moves, settled) in [
            (vec![JOINS_U, leaves], vec![]),
            (vec![JOINS_U, goes], vec![(left_on, Move::Admission { to: W, kind: 1 })]),
            (vec![in_v, into_u, leaves], vec![in_v, (left_on, Move::Exit { from: V, reason: 4 })]),
            (vec![in_v, into_u, goes], vec![in_v, (left_on, Move::Transfer { from: V, to: W })]),
        ] {
            let (moves, lives) = (decided(&moves), lives(founded));
            assert_eq!(course(&moves, &lives, Contradictions::Left), Err(Contradiction));
            let course = course(&moves, &lives, Contradictions::Settled).expect("settled");
            let steps: Vec<_> = course.steps.iter().map(|step| (step.on, step.what)).collect();
            assert_eq!(steps, settled);
            // Nobody is told to admit her who wanted to leave, or who has a place.
            let obstacles = course.otherwise.iter().map(|otherwise| otherwise.obstacle);
            assert!(obstacles.into_iter().all(|it| it == Obstacle::MovementRestated));
        }
    }
}

proptest::proptest! {
    /// What the list of who was passed over promises: whatever the lives of her unions turn
    /// out to have been, what was decided can be settled, and comes to memberships one after
    /// the other, each in a union that exists.
    #[test]
    fn whatever_was_decided_can_be_settled(
        steps in proptest::collection::vec((0_u16..40, 0_u8..3, 1_u128..4, 1_i16..5), 0..8),
        known in proptest::collection::vec(
            (proptest::bool::weighted(0.2), 0_u16..40, proptest::option::of(0_u16..60), 0_u128..4),
            3,
        ),
    ) {
        let day = |n: u16| ADMITTED + time::Duration::days(n.into());
        let mut steps = steps;
        steps.sort_by_key(|(on, ..)| *on);
        steps.dedup_by_key(|(on, ..)| *on);
        let moves: Vec<(Date, Move)> = steps
            .iter()
            .map(|(on, what, union, kind)| {
                let union = Uuid::from_u128(*union);
                let what = match what {
                    0 => Move::Admission { to: union, kind: *kind },
                    1 => Move::Transfer { from: U, to: union },
                    _ => Move::Exit { from: union, reason: *kind },
                };
                (day(*on), what)
            })
            .collect();
        let lives: Lives = (1_u128..)
            .zip(&known)
            .map(|(id, (never_existed, founded, lived, to))| {
                let life = Life {
                    never_existed: *never_existed,
                    founded_on: Some(day(*founded)),
                    ended_on: lived.map(|lived| day(founded + lived + 1)),
                    // Who continues somewhere does so in an older union.
                    to: (*to > id && known[*to as usize - 1].1 <= *founded)
                        .then(|| Uuid::from_u128(*to)),
                    because: ACT,
                };
                (Uuid::from_u128(id), life)
            })
            .collect();
        let course = course(&decided(&moves), &lives, Contradictions::Settled);
        let mut at: Option<Uuid> = None;
        let mut last = None;
        for step in course.expect("settled").steps {
            proptest::prop_assert_eq!(step.what.from(), at);
            proptest::prop_assert!(last.is_none_or(|last| last <= step.on));
            at = step.what.to();
            last = Some(step.on);
            if let Some(life) = at.and_then(|at| lives.get(&at)) {
                proptest::prop_assert!(!life.never_existed, "in what never existed");
                proptest::prop_assert!(life.founded_on <= Some(step.on), "before its founding");
                proptest::prop_assert!(life.ended_on.is_none_or(|end| step.on < end), "after its end");
            }
        }
    }
}

#[test]
fn who_leaves_on_the_very_day_of_the_end_is_not_there_on_it() {
    let leaves = (END, Move::Exit { from: U, reason: 4 });
    assert_eq!(done(&[JOINS_U, leaves], ended(Some(V))), [JOINS_U, leaves]);
}
