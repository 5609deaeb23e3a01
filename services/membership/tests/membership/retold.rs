//! Random admissions, transfers, exits, corrections and undos on a few unions and people: whatever
//! is asked, of any day as was known at any instant, is what a list of decisions says that was kept
//! by other means; and opening + in - out = closing for every union, level and period, by what had
//! been published until then.
//!
//! `cargo test` runs a short history. `CONGDOAN_HISTORIES=full` runs one of 3,000 acts, or of as
//! many as the number says that stands in its place; `make soak` does it. `CONGDOAN_SEED` repeats
//! one.

use std::collections::BTreeMap;

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::books::flows_of;
use crate::world::{Actor, World, admission, id, known, people, texts};

const START: Date = date!(2022 - 01 - 01);
const DAYS: u64 = 500;
const PEOPLE_MAX: usize = 300;

/// A small generator of numbers that are random enough and repeat for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("small")
    }

    fn days(&mut self, limit: u64) -> Duration {
        let limit = usize::try_from(limit).expect("small");
        Duration::days(i64::try_from(self.below(limit)).expect("small"))
    }
}

/// What was decided; unions are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Joins { to: usize, kind: i32 },
    Moves { from: usize, to: usize },
    Leaves { from: usize, reason: i32 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    movement: String,
    on: Date,
    what: What,
}

/// The model: who she is, and what was decided of her, in order.
#[derive(Clone, Debug)]
struct Person {
    person_id: Uuid,
    female: bool,
    decided: Vec<Line>,
}

impl Person {
    /// The unions in which she is, one after the other; none where the decisions do not follow on
    /// one another.
    fn at(&self, until: Date) -> Option<Option<usize>> {
        let mut at = None;
        let mut last = Date::MIN;
        for line in self.decided.iter().take_while(|line| line.on <= until) {
            if line.on < last {
                return None;
            }
            last = line.on;
            at = match (line.what, at) {
                (What::Joins { to, .. }, None) => Some(to),
                (What::Moves { from, to }, Some(at)) if at == from && from != to => Some(to),
                (What::Leaves { from, .. }, Some(at)) if at == from => None,
                _ => return None,
            };
        }
        Some(at)
    }

    /// Whether her decisions follow on one another, from the first day to the last.
    fn follows(&self) -> bool {
        self.decided.is_sorted_by_key(|line| line.on) && self.at(Date::MAX).is_some()
    }

    fn last_on(&self) -> Date {
        self.decided.last().map_or(START, |line| line.on)
    }
}

/// What is believed at an instant.
struct Belief {
    at: OffsetDateTime,
    /// How many changes were published by then.
    published: usize,
    people: Vec<Person>,
}

struct History {
    world: World,
    actor: Actor,
    unions: [Uuid; 3],
    people: Vec<Person>,
    dice: Dice,
    done: BTreeMap<&'static str, (usize, usize)>,
}

impl History {
    /// Some of the people of whom something holds.
    fn some(&mut self, most: usize, which: impl Fn(&Person) -> bool) -> Vec<usize> {
        let all: Vec<usize> = (0..self.people.len()).filter(|n| which(&self.people[*n])).collect();
        if all.is_empty() {
            return all;
        }
        let (from, count) = (self.dice.below(all.len()), 1 + self.dice.below(most));
        all.into_iter().skip(from).take(count).collect()
    }

    fn ids(&self, chosen: &[usize]) -> Vec<Uuid> {
        chosen.iter().map(|n| self.people[*n].person_id).collect()
    }

    fn note(&mut self, what: &'static str, done: bool) {
        let count = self.done.entry(what).or_default();
        count.0 += usize::from(done);
        count.1 += usize::from(!done);
    }

    async fn act(&mut self) {
        match self.dice.below(14) {
            0..=2 => self.joins().await,
            3 | 4 => self.moves().await,
            5 => self.leaves().await,
            6..=8 => self.undoes().await,
            13 => self.is_somebody_else().await,
            _ => self.corrects().await,
        }
    }

    async fn joins(&mut self) {
        let to = self.dice.below(3);
        let joins_again = self.some(3, |person| {
            matches!(person.decided.last(), Some(line) if matches!(line.what, What::Leaves { .. }))
                || person.decided.is_empty()
        });
        let again = !joins_again.is_empty() && self.dice.below(2) == 0;
        if !again && self.people.len() > PEOPLE_MAX {
            return;
        }
        let (lines, earliest) = if again {
            let last = joins_again.iter().map(|n| self.people[*n].last_on()).max();
            let lines = self.ids(&joins_again).into_iter().map(known).collect();
            (lines, last.unwrap_or(START))
        } else {
            (people(1 + u32::try_from(self.dice.below(4)).expect("small")), START)
        };
        let on = if again { earliest + self.dice.days(20) } else { START + self.dice.days(DAYS) };
        let sexes: Vec<bool> = lines.iter().map(|line| line.sex() == pb::Sex::Female).collect();
        let request = admission(self.unions[to], on, lines);
        let admitted = self.actor.members.admit_members(request).await.expect("admitted");
        let admitted = admitted.into_inner();
        let what = What::Joins { to, kind: pb::AdmissionKind::Admitted.into() };
        let line = Line { movement: admitted.admission_id, on, what };
        for (n, member) in admitted.members.iter().enumerate() {
            let person_id = id(&member.person_id);
            match self.people.iter_mut().find(|person| person.person_id == person_id) {
                Some(person) => person.decided.push(line.clone()),
                None => self.people.push(Person {
                    person_id,
                    female: sexes[n],
                    decided: vec![line.clone()],
                }),
            }
        }
        self.note("admit", true);
    }

    async fn moves(&mut self) {
        let (from, to) = (self.dice.below(3), self.dice.below(3));
        let chosen = self.some(4, |person| person.at(Date::MAX) == Some(Some(from)));
        if chosen.is_empty() || from == to {
            return;
        }
        let last = chosen.iter().map(|n| self.people[*n].last_on()).max();
        let on = last.unwrap_or(START) + self.dice.days(40);
        let request = pb::TransferMembersRequest {
            request_id: Uuid::new_v4().to_string(),
            from_organisation_id: self.unions[from].to_string(),
            to_organisation_id: self.unions[to].to_string(),
            effective_on: Some(civil(on)),
            person_ids: texts(&self.ids(&chosen)),
            ..Default::default()
        };
        let moved = self.actor.members.transfer_members(request).await.expect("transferred");
        let movement = moved.into_inner().transfer_id;
        for n in chosen {
            let line = Line { movement: movement.clone(), on, what: What::Moves { from, to } };
            self.people[n].decided.push(line);
        }
        self.note("transfer", true);
    }

    async fn leaves(&mut self) {
        let from = self.dice.below(3);
        let chosen = self.some(3, |person| person.at(Date::MAX) == Some(Some(from)));
        if chosen.is_empty() {
            return;
        }
        let last = chosen.iter().map(|n| self.people[*n].last_on()).max();
        let on = last.unwrap_or(START) + self.dice.days(40);
        let reason = pb::ExitReason::Retired.into();
        let request = pb::ExitMembersRequest {
            request_id: Uuid::new_v4().to_string(),
            organisation_id: self.unions[from].to_string(),
            reason,
            effective_on: Some(civil(on)),
            person_ids: texts(&self.ids(&chosen)),
            ..Default::default()
        };
        let left = self.actor.members.exit_members(request).await.expect("left").into_inner();
        let what = What::Leaves { from, reason };
        for n in chosen {
            let movement = left.exit_id.clone();
            self.people[n].decided.push(Line { movement, on, what });
        }
        self.note("exit", true);
    }

    /// A movement of somebody, and some of those, or all, for whom it holds.
    fn movement(&mut self) -> Option<(Line, Vec<usize>)> {
        let chosen = self.some(1, |person| !person.decided.is_empty());
        let chosen = *chosen.first()?;
        let place = self.dice.below(self.people[chosen].decided.len());
        let line = self.people[chosen].decided[place].clone();
        let most = if self.dice.below(2) == 0 { 1 } else { PEOPLE_MAX };
        let holds = |person: &Person| person.decided.contains(&line);
        let all = (0..self.people.len()).filter(|n| holds(&self.people[*n])).take(most).collect();
        Some((line, all))
    }

    /// The people as they are to be, if what is left of their decisions follows on one another.
    fn redecided(
        &self,
        chosen: &[usize],
        movement: &str,
        instead: Option<&Line>,
    ) -> Option<Vec<Person>> {
        let of = |n: &usize| {
            let mut person = self.people[*n].clone();
            let place = person.decided.iter().position(|line| line.movement == movement);
            let place = place.expect("it holds for her");
            person.decided.splice(place..=place, instead.cloned());
            person.follows().then_some(person)
        };
        chosen.iter().map(of).collect()
    }

    async fn undoes(&mut self) {
        let Some((line, chosen)) = self.movement() else { return };
        let anew = self.redecided(&chosen, &line.movement, None);
        let answer = self.actor.undoes(&line.movement, &self.ids(&chosen)).await;
        self.settle("undo", &chosen, anew, answer.map(|_| line.movement));
    }

    async fn corrects(&mut self) {
        let Some((line, chosen)) = self.movement() else { return };
        let mut request = pb::CorrectMovementRequest {
            person_ids: texts(&self.ids(&chosen)),
            ..Default::default()
        };
        let mut now = line.clone();
        match self.dice.below(3) {
            0 => {
                now.on = line.on + self.dice.days(60) - Duration::days(30);
                request.effective_on = Some(civil(now.on));
            }
            1 => {
                let union = self.dice.below(3);
                match &mut now.what {
                    What::Joins { to, .. } | What::Moves { to, .. } => {
                        *to = union;
                        request.to_organisation_id = self.unions[union].to_string();
                    }
                    What::Leaves { .. } => return,
                }
            }
            _ => match &mut now.what {
                What::Joins { kind, .. } => {
                    *kind = [pb::AdmissionKind::Admitted, pb::AdmissionKind::Recognised]
                        [self.dice.below(2)]
                    .into();
                    request.admission_kind = *kind;
                }
                What::Leaves { reason, .. } => {
                    *reason =
                        [pb::ExitReason::Retired, pb::ExitReason::Died][self.dice.below(2)].into();
                    request.exit_reason = *reason;
                }
                What::Moves { .. } => return,
            },
        }
        let anew = self
            .redecided(&chosen, &line.movement, Some(&now))
            .filter(|_| (now.on, now.what) != (line.on, line.what));
        let answer = self.actor.corrects(&line.movement, request).await;
        self.settle("correct", &chosen, anew, answer);
    }

    /// What the model says is what was answered; whatever was done, is done in the model.
    fn settle(
        &mut self,
        what: &'static str,
        chosen: &[usize],
        anew: Option<Vec<Person>>,
        answer: Result<String, Status>,
    ) {
        self.note(what, answer.is_ok());
        let people: Vec<&Person> = chosen.iter().map(|n| &self.people[*n]).collect();
        assert_eq!(anew.is_some(), answer.is_ok(), "{what} {people:?} to {anew:?}: {answer:?}");
        let (Some(anew), Ok(movement)) = (anew, answer) else { return };
        for (n, mut person) in chosen.iter().zip(anew) {
            let known: Vec<String> =
                self.people[*n].decided.iter().map(|line| line.movement.clone()).collect();
            let before = std::mem::take(&mut self.people[*n].decided);
            for line in &mut person.decided {
                let as_before = before.contains(line);
                if what == "correct" && !as_before && known.contains(&line.movement) {
                    line.movement.clone_from(&movement);
                }
            }
            self.people[*n] = person;
        }
    }

    async fn is_somebody_else(&mut self) {
        let Some(chosen) = self.some(1, |_| true).first().copied() else { return };
        let person = &mut self.people[chosen];
        person.female = !person.female;
        let sex = if person.female { pb::Sex::Female } else { pb::Sex::Male };
        let correction = pb::CorrectPersonRequest { sex: Some(sex.into()), ..Default::default() };
        self.actor.corrects_person(person.person_id, correction).await.expect("corrected");
        self.note("person", true);
    }

    /// All that was believed at an instant is read as it was.
    async fn compare(&mut self, belief: &Belief, flows: &BTreeMap<(Uuid, Date), (i64, i64)>) {
        let mut days: Vec<Date> = (0..8).map(|_| START + self.dice.days(DAYS + 100)).collect();
        days.push(START - Duration::DAY);
        days.sort_unstable();
        days.dedup();
        let mut closings: Vec<[i64; 3]> = Vec::new();
        for day in &days {
            let request = pb::CountMembersRequest {
                organisation_ids: texts(&self.unions),
                as_of: Some(civil(*day)),
                known_at: Some(instant(belief.at)),
            };
            let counted = self.actor.members.count_members(request).await.expect("counted");
            let counted = counted.into_inner().counts;
            for (union, count) in counted.iter().enumerate() {
                let members = || {
                    let at = |person: &&Person| person.at(*day) == Some(Some(union));
                    belief.people.iter().filter(at)
                };
                let female = members().filter(|person| person.female).count();
                let expected = (members().count(), female);
                let read = (
                    usize::try_from(count.members).expect("a count"),
                    usize::try_from(count.female).expect("a count"),
                );
                assert_eq!(read, expected, "union {union} on {day}, known at {}", belief.at);
            }
            closings.push(std::array::from_fn(|union| i64::from(counted[union].members)));
        }
        // The unions by themselves, what lies under Hà Nội, and the country.
        for level in [&[0][..], &[1], &[2], &[0, 1], &[0, 1, 2]] {
            for (n, closes) in days.iter().enumerate() {
                for (m, opens) in days[..n].iter().enumerate() {
                    let sum = |counts: &[i64; 3]| level.iter().map(|n| counts[*n]).sum::<i64>();
                    let of_level = level.iter().flat_map(|n| {
                        let unions = self.unions[*n];
                        flows.range((unions, *opens)..=(unions, *closes))
                    });
                    let came: i64 = of_level
                        .filter(|((_, day), _)| day > opens)
                        .map(|(_, (joined, left))| joined - left)
                        .sum();
                    let opening = sum(&closings[m]);
                    assert_eq!(opening + came, sum(&closings[n]), "{level:?} {opens} {closes}");
                }
            }
        }
        for _ in 0..3.min(belief.people.len()) {
            let person = &belief.people[self.dice.below(belief.people.len())];
            let get = pb::GetMemberRequest {
                person_id: person.person_id.to_string(),
                known_at: Some(instant(belief.at)),
            };
            let seen = self.actor.members.get_member(get).await.expect("seen").into_inner();
            let begun: Vec<String> =
                seen.memberships.into_iter().map(|stay| stay.begun_by).collect();
            let joins = |line: &&Line| !matches!(line.what, What::Leaves { .. });
            let decided: Vec<String> =
                person.decided.iter().filter(joins).map(|line| line.movement.clone()).collect();
            assert_eq!(begun, decided, "the stays of a person, known at {}", belief.at);
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

#[tokio::test]
async fn what_was_known_at_any_instant_is_what_had_been_decided_by_then() {
    let stated = std::env::var("CONGDOAN_HISTORIES").unwrap_or_default();
    let acts = match stated.as_str() {
        "full" => 3_000,
        stated => stated.parse().unwrap_or(120),
    };
    let seed = number("CONGDOAN_SEED").unwrap_or_else(rand::random);
    println!("CONGDOAN_SEED={seed} CONGDOAN_HISTORIES={acts}");

    let world = World::start().await;
    let actor = world.national();
    let unions = [world.alpha, world.beta, world.gamma];
    let done = BTreeMap::new();
    let mut history = History { world, actor, unions, people: Vec::new(), dice: Dice(seed), done };
    let mut beliefs: Vec<Belief> = Vec::new();
    let every = (acts / 40).max(6);
    for n in 0..acts {
        history.act().await;
        if n % every == every - 1 || n + 1 == acts {
            let published = history.world.published().await.len();
            let people = history.people.clone();
            beliefs.push(Belief { at: OffsetDateTime::now_utc(), published, people });
        }
    }
    println!("done and refused: {:?}", history.done);
    for what in ["undo", "correct"] {
        let (done, refused) = history.done.get(what).copied().unwrap_or_default();
        assert!(acts < 100 || done > 0 && refused > 0, "{what}: {done} done, {refused} refused");
    }
    let changes: Vec<_> = history
        .world
        .published()
        .await
        .into_iter()
        .map(|(_, on, change, _)| (on, change))
        .collect();
    for belief in &beliefs {
        let flows = flows_of(changes[..belief.published].iter().cloned());
        history.compare(belief, &flows).await;
    }
    history.world.stop().await;
}
