//! What becomes of a person by what was decided about her and what is known of her unions: the
//! course of her memberships, from nothing but these two. Whoever was moved already, and by
//! what, plays no part in it.

use std::collections::HashMap;

use feeds::membership::{AdmissionKind, ExitReason};
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::Obstacle;

/// How often members go on in a row at most.
const STEPS_MAX: usize = 32;

/// What a movement does, of whichever day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// Joins a union.
    Admission {
        /// The union.
        to: Uuid,
        /// `membership.v1.AdmissionKind`.
        kind: i16,
    },
    /// Goes from one union to another.
    Transfer {
        /// The union that is left.
        from: Uuid,
        /// The union that is joined.
        to: Uuid,
    },
    /// Leaves.
    Exit {
        /// The union.
        from: Uuid,
        /// `membership.v1.ExitReason`.
        reason: i16,
    },
}

impl Move {
    /// The union that is left.
    pub fn from(self) -> Option<Uuid> {
        match self {
            Move::Admission { .. } => None,
            Move::Transfer { from, .. } | Move::Exit { from, .. } => Some(from),
        }
    }

    /// The union that is joined.
    pub fn to(self) -> Option<Uuid> {
        match self {
            Move::Exit { .. } => None,
            Move::Transfer { to, .. } | Move::Admission { to, .. } => Some(to),
        }
    }
}

/// A movement that somebody decided, or a founding that named her.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The movement as it was first recorded.
    pub movement_id: Uuid,
    /// The first movement that this one is in the place of, by corrections, or itself: it says the
    /// order of what was decided of one day.
    pub first: Uuid,
    /// Its day.
    pub on: Date,
    /// What it does.
    pub what: Move,
}

/// A movement as it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its day.
    pub on: Date,
    /// What it does.
    pub what: Move,
    /// The movement that was decided; none where it follows from an end alone.
    pub decided_by: Option<Uuid>,
    /// The act of registry because of which it is as it is; none where it is as decided.
    pub because: Option<Uuid>,
}

/// What is known of an organisation, as far as memberships go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Its founding was taken back.
    pub never_existed: bool,
    /// The first day on which it exists.
    pub founded_on: Option<Date>,
    /// The first day on which it no longer exists.
    pub ended_on: Option<Date>,
    /// Where its members continue; none where their membership ends.
    pub to: Option<Uuid>,
    /// The act of registry that says so.
    pub because: Option<Uuid>,
}

/// The lives of all unions that may play a part.
pub type Lives = HashMap<Uuid, Life>;

/// Something that was decided is not carried out as it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Otherwise {
    /// The union that ended, or never existed.
    pub organisation_id: Uuid,
    /// The act of registry that says so.
    pub because: Option<Uuid>,
    /// What it meant for her.
    pub obstacle: Obstacle,
}

/// The course of one person's memberships.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// In order.
    pub steps: Vec<Step>,
    /// What is not as it was decided.
    pub otherwise: Vec<Otherwise>,
    /// Ended unions whose members have to wait, and why.
    pub waiting: Vec<(Uuid, Obstacle)>,
}

/// What to make of decisions that contradict each other by what is known now: she joined
/// another union while she was, as is known now, still a member, or went from a union whose
/// end had ended her membership, or had left one before it existed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradictions {
    /// Nothing: somebody has to say that they are to be settled.
    Left,
    /// An admission while she is a member is a transfer, a transfer of whom is no member is a
    /// readmission, who left before the union existed never was in it, and who leaves what she
    /// is no member of stays outside. No decisions contradict each other so that they could not
    /// be settled: the list of who was passed over says that they can be.
    Settled,
}

/// The decisions contradict each other by what is known now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction;

/// Where somebody who is to go to a union on a day goes.
enum Whither {
    Here(Uuid),
    /// The union has ended by then, with its memberships, or never existed.
    Nowhere(Otherwise),
    Waits(Obstacle),
}

/// Why somebody is a member nowhere.
#[derive(Clone, Copy)]
enum Outside {
    NeverJoined,
    Left,
    UnionEnded(Otherwise),
    /// Admitted, by an admission of this kind, to what does not exist.
    AdmittedToNothing {
        kind: i16,
    },
}

/// The course of somebody's memberships by what was decided, in order, and what is known of
/// her unions.
pub fn course(
    decided: &[Decided],
    lives: &Lives,
    contradictions: Contradictions,
) -> Result<Course, Contradiction> {
    let postponed = postponed(decided, lives, contradictions)?;
    let mut walk = Walk {
        asked: decided,
        lives,
        course: Course::default(),
        at: None,
        outside: Outside::NeverJoined,
        cause: None,
    };
    for decision in &postponed {
        walk.ends_before(Some(decision));
        walk.decided(decision, contradictions)?;
    }
    walk.ends_before(None);
    Ok(walk.course)
}

/// What was decided, in order, on the days on which it can take effect: who was to join a union
/// before it existed, as is known now, joins it on its first day. Who had gone on by then never
/// was in it, and her decisions stay on their days.
fn postponed(
    decided: &[Decided],
    lives: &Lives,
    contradictions: Contradictions,
) -> Result<Vec<Decided>, Contradiction> {
    let mut postponed = decided.to_vec();
    let mut next_on: Option<Date> = None;
    for decision in postponed.iter_mut().rev() {
        let on = earliest(decision, lives);
        if on > decision.on {
            if next_on.is_none_or(|next_on| on < next_on) {
                decision.on = on;
            } else if contradictions == Contradictions::Left {
                return Err(Contradiction);
            }
        }
        next_on = Some(decision.on);
    }
    Ok(postponed)
}

/// The day on which a decision can take effect: not before the union that is joined exists.
fn earliest(decision: &Decided, lives: &Lives) -> Date {
    let life = decision.what.to().and_then(|to| lives.get(&to));
    let founded_on = life.filter(|life| !life.never_existed).and_then(|life| life.founded_on);
    founded_on.map_or(decision.on, |founded_on| founded_on.max(decision.on))
}

struct Walk<'a> {
    /// What was decided, as it was decided.
    asked: &'a [Decided],
    lives: &'a Lives,
    course: Course,
    /// The union that counts her, and since when.
    at: Option<(Uuid, Date)>,
    outside: Outside,
    /// What last made her course another than was decided.
    cause: Option<Otherwise>,
}

impl Walk<'_> {
    fn decided(
        &mut self,
        decision: &Decided,
        contradictions: Contradictions,
    ) -> Result<(), Contradiction> {
        let settled = contradictions == Contradictions::Settled;
        let Decided { on, what, .. } = *decision;
        match (what, self.at) {
            (Move::Admission { to, kind }, None) => match self.whither(to, on) {
                Whither::Here(to) => self.step(decision, Move::Admission { to, kind }),
                Whither::Waits(_) => self.step(decision, what),
                Whither::Nowhere(otherwise) => {
                    self.outside = Outside::AdmittedToNothing { kind };
                    self.note(Otherwise { obstacle: Obstacle::NoPlace, ..otherwise });
                }
            },
            // The end that had put her out of membership is known otherwise.
            (Move::Admission { to, .. }, Some((from, _))) if settled => {
                self.goes(decision, from, to);
            }
            (Move::Admission { .. }, Some(_)) => return Err(Contradiction),
            (Move::Transfer { to, .. }, Some((from, _))) => self.goes(decision, from, to),
            (Move::Transfer { to, .. }, None) => {
                let kind = match self.outside {
                    Outside::AdmittedToNothing { kind } => kind,
                    _ if settled => AdmissionKind::Readmitted as i16,
                    Outside::UnionEnded(_) | Outside::NeverJoined | Outside::Left => {
                        return Err(Contradiction);
                    }
                };
                match self.whither(to, on) {
                    Whither::Here(to) => self.step(decision, Move::Admission { to, kind }),
                    Whither::Waits(_) => self.step(decision, Move::Admission { to, kind }),
                    Whither::Nowhere(otherwise) => self.note(otherwise),
                }
            }
            (Move::Exit { reason, .. }, Some((from, _))) => {
                self.step(decision, Move::Exit { from, reason });
            }
            (Move::Exit { .. }, None) => match self.outside {
                Outside::UnionEnded(otherwise) => self.note(otherwise),
                Outside::AdmittedToNothing { .. } => {
                    self.needs_no_place();
                    self.outside = Outside::Left;
                }
                Outside::NeverJoined | Outside::Left if settled => {
                    self.course.otherwise.extend(self.cause);
                }
                Outside::NeverJoined | Outside::Left => return Err(Contradiction),
            },
        }
        Ok(())
    }

    /// She goes from the union that counts her to another, wherever that goes on.
    fn goes(&mut self, decision: &Decided, from: Uuid, to: Uuid) {
        match self.whither(to, decision.on) {
            Whither::Here(to) if to != from => self.step(decision, Move::Transfer { from, to }),
            Whither::Waits(_) if to != from => self.step(decision, Move::Transfer { from, to }),
            // She is there already.
            Whither::Here(_) | Whither::Waits(_) => {
                self.course.otherwise.extend(self.cause);
            }
            // She stays where she is.
            Whither::Nowhere(otherwise) => self.note(otherwise),
        }
    }

    /// Members of what ends before the next decision takes effect go where the end says. Who
    /// leaves by a movement of her own on that very day is not there on it.
    fn ends_before(&mut self, next: Option<&Decided>) {
        for _ in 0..STEPS_MAX {
            let Some((at, since)) = self.at else { return };
            let Some(life) = self.lives.get(&at) else { return };
            let Some(ended_on) = life.ended_on else { return };
            let leaves_first = next.is_some_and(|next| {
                next.on < ended_on || next.on == ended_on && next.what.from().is_some()
            });
            if leaves_first || ended_on <= since {
                return;
            }
            let ended = Otherwise {
                organisation_id: at,
                because: life.because,
                obstacle: Obstacle::MovementRestated,
            };
            let goes_on = match life.to {
                None => None,
                Some(to) => match self.whither(to, ended_on) {
                    Whither::Here(to) if to != at => Some(to),
                    Whither::Here(_) => return,
                    Whither::Nowhere(_) if self.never_existed(to) => {
                        self.course.waiting.push((at, Obstacle::OrganisationEnded));
                        return;
                    }
                    Whither::Nowhere(_) => None,
                    Whither::Waits(obstacle) => {
                        self.course.waiting.push((at, obstacle));
                        return;
                    }
                },
            };
            let what = match goes_on {
                Some(to) => Move::Transfer { from: at, to },
                None => Move::Exit { from: at, reason: ExitReason::UnionEnded as i16 },
            };
            self.course.steps.push(Step {
                on: ended_on,
                what,
                decided_by: None,
                because: life.because,
            });
            self.at = goes_on.map(|to| (to, ended_on));
            self.outside = Outside::UnionEnded(ended);
            self.cause = Some(ended);
        }
    }

    fn never_existed(&self, organisation_id: Uuid) -> bool {
        self.lives.get(&organisation_id).is_some_and(|life| life.never_existed)
    }

    /// What was decided is done, in this form.
    fn step(&mut self, decision: &Decided, what: Move) {
        let asked = self.asked.iter().find(|asked| asked.movement_id == decision.movement_id);
        if let Some(to) = what.to()
            && asked.is_some_and(|asked| asked.on != decision.on)
        {
            self.cause = Some(Otherwise {
                organisation_id: to,
                because: self.lives.get(&to).and_then(|life| life.because),
                obstacle: Obstacle::MovementRestated,
            });
        }
        let as_decided = asked.is_some_and(|asked| (asked.on, asked.what) == (decision.on, what));
        let because = if as_decided { None } else { self.cause.and_then(|cause| cause.because) };
        self.course.steps.push(Step {
            on: decision.on,
            what,
            decided_by: Some(decision.movement_id),
            because,
        });
        if !as_decided {
            self.course.otherwise.extend(self.cause);
        }
        self.needs_no_place();
        self.at = what.to().map(|to| (to, decision.on));
        if self.at.is_none() {
            self.outside = Outside::Left;
        }
    }

    /// She who had no place has one by now, or wanted none: nothing is left to do.
    fn needs_no_place(&mut self) {
        for otherwise in &mut self.course.otherwise {
            if otherwise.obstacle == Obstacle::NoPlace {
                otherwise.obstacle = Obstacle::MovementRestated;
            }
        }
    }

    fn note(&mut self, otherwise: Otherwise) {
        self.cause = Some(otherwise);
        self.course.otherwise.push(otherwise);
    }

    /// Where a union goes on, on a day.
    fn whither(&mut self, union: Uuid, on: Date) -> Whither {
        let mut at = union;
        for _ in 0..STEPS_MAX {
            let Some(life) = self.lives.get(&at) else {
                return Whither::Waits(Obstacle::OrganisationUnknown);
            };
            let otherwise = Otherwise {
                organisation_id: at,
                because: life.because,
                obstacle: Obstacle::MovementRestated,
            };
            let not_yet = at == union && life.founded_on.is_some_and(|founded_on| on < founded_on);
            if life.never_existed || not_yet {
                return Whither::Nowhere(otherwise);
            }
            match (life.ended_on, life.to) {
                (Some(ended_on), Some(to)) if ended_on <= on => {
                    self.cause = Some(otherwise);
                    at = to;
                }
                (Some(ended_on), None) if ended_on <= on => return Whither::Nowhere(otherwise),
                (_, _) => return Whither::Here(at),
            }
        }
        Whither::Waits(Obstacle::OrganisationEnded)
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            done(&[JOINS_U, MOVES_ON], never()),
            [(LATER, Move::Admission { to: W, kind: 1 })]
        );
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
        assert_eq!(
            done(&[in_v, into_u], founded),
            [in_v, (END, Move::Transfer { from: V, to: U })]
        );
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
                (
                    vec![in_v, into_u, leaves],
                    vec![in_v, (left_on, Move::Exit { from: V, reason: 4 })],
                ),
                (
                    vec![in_v, into_u, goes],
                    vec![in_v, (left_on, Move::Transfer { from: V, to: W })],
                ),
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
}
