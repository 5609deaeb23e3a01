//! What becomes of a person by what was decided about her and what is known of her unions: the
//! course of her memberships, from nothing but these two. Whoever was moved already, and by
//! what, plays no part in it.

mod known;

use feeds::membership::{AdmissionKind, ExitReason};
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::Obstacle;

pub use known::{Decided, Life, Lives, Move};

/// How often members go on in a row at most.
const STEPS_MAX: usize = 32;

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
mod tests;
