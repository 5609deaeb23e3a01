//! Random movements, offers, dormancies, corrections and undos on a few unions and people: whoever
//! is in flight is counted once and in the union that counts her, on every day; members are what
//! they are without any of it; and what is published says the same.

use std::collections::BTreeMap;

use chassis::database::today;
use chassis::parse::civil;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use stage::registry::Members;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, World, id, people, texts};

/// How many people stand so in a union on a day, by all that was published.
pub fn told_on(
    published: &[(Uuid, Date, Published, i64)],
    kind: pb::StandingKind,
    union: Uuid,
    day: Date,
) -> i64 {
    let date = |date: Option<proto::google::r#type::Date>| {
        chassis::parse::optional_date("day", date).expect("a day")
    };
    let of = |one: &pb::StandingRecorded| {
        let from = date(one.from_on).expect("a first day");
        let holds = from <= day && date(one.until_on).is_none_or(|until| day < until);
        let counts = one.kind() == kind && id(&one.organisation_id) == union && holds;
        if counts { i64::try_from(one.people.len()).expect("small") } else { 0 }
    };
    published
        .iter()
        .map(|(_, _, change, _)| match change {
            Published::StandingRecorded(one) => of(one),
            Published::StandingTakenBack(taken) => {
                -of(taken.standing.as_ref().expect("what is taken back"))
            }
            _ => 0,
        })
        .sum()
}

#[derive(Clone, Debug)]
enum Event {
    Offer { from: usize, to: usize, people: usize },
    Accept { people: usize },
    Decline { people: usize },
    Sleep { union: usize, people: usize },
    Wake { union: usize, people: usize },
    Transfer { from: usize, to: usize, people: usize },
    Exit { union: usize, people: usize },
    Undo { person: usize },
    UndoStanding { nth: usize },
    End { union: usize, to: usize },
}

fn event() -> impl Strategy<Value = Event> {
    let (union, some) = (0..3_usize, 1..4_usize);
    prop_oneof![
        5 => (union.clone(), union.clone(), some.clone())
            .prop_map(|(from, to, people)| Event::Offer { from, to, people }),
        4 => some.clone().prop_map(|people| Event::Accept { people }),
        2 => some.clone().prop_map(|people| Event::Decline { people }),
        3 => (union.clone(), some.clone()).prop_map(|(union, people)| Event::Sleep { union, people }),
        2 => (union.clone(), some.clone()).prop_map(|(union, people)| Event::Wake { union, people }),
        3 => (union.clone(), union.clone(), some.clone())
            .prop_map(|(from, to, people)| Event::Transfer { from, to, people }),
        2 => (union.clone(), some).prop_map(|(union, people)| Event::Exit { union, people }),
        4 => (0..12_usize).prop_map(|person| Event::Undo { person }),
        2 => (0..9_usize).prop_map(|nth| Event::UndoStanding { nth }),
        1 => (union.clone(), union).prop_map(|(union, to)| Event::End { union, to }),
    ]
}

struct Random {
    world: World,
    actor: Actor,
    unions: [Uuid; 3],
    people: Vec<Uuid>,
    offers: Vec<(String, Vec<Uuid>)>,
    standings: Vec<String>,
    ended: Vec<usize>,
    on: Date,
    done: usize,
}

impl Random {
    async fn members(&mut self, union: usize, people: usize) -> Vec<Uuid> {
        let request = pb::ListMembersRequest {
            organisation_id: self.unions[union].to_string(),
            as_of: Some(civil(self.on)),
            ..Default::default()
        };
        let answer = self.actor.members.list_members(request).await.expect("listed").into_inner();
        answer.members.iter().map(|member| id(&member.person_id)).take(people).collect()
    }

    /// Something happens, or is refused: what is refused changes nothing.
    async fn happens(&mut self, event: Event) {
        let request_id = Uuid::new_v4().to_string();
        let effective_on = Some(civil(self.on));
        let done = match event {
            Event::Offer { from, to, people } => {
                let people = self.members(from, people).await;
                let request = pb::OfferTransferRequest {
                    request_id,
                    from_organisation_id: self.unions[from].to_string(),
                    to_organisation_id: self.unions[to].to_string(),
                    offered_on: effective_on,
                    person_ids: texts(&people),
                    ..Default::default()
                };
                let answer = self.actor.offers.offer_transfer(request).await;
                if let Ok(answer) = &answer {
                    let offer = answer.get_ref().offer_id.clone();
                    self.standings.push(offer.clone());
                    self.offers.push((offer, people));
                }
                answer.is_ok()
            }
            Event::Accept { people } => match self.offers.last() {
                Some((offer, offered)) => {
                    let request = pb::AcceptTransferRequest {
                        request_id,
                        offer_id: offer.clone(),
                        person_ids: texts(&offered[..people.min(offered.len())]),
                        effective_on,
                        ..Default::default()
                    };
                    self.actor.offers.accept_transfer(request).await.is_ok()
                }
                None => false,
            },
            Event::Decline { people } => match self.offers.last() {
                Some((offer, offered)) => {
                    let request = pb::DeclineTransferRequest {
                        request_id,
                        offer_id: offer.clone(),
                        person_ids: texts(&offered[..people.min(offered.len())]),
                        ..Default::default()
                    };
                    self.actor.offers.decline_transfer(request).await.is_ok()
                }
                None => false,
            },
            Event::Sleep { union, people } => {
                let request = pb::MakeDormantRequest {
                    request_id,
                    organisation_id: self.unions[union].to_string(),
                    reason: pb::DormancyReason::JobLost.into(),
                    effective_on,
                    person_ids: texts(&self.members(union, people).await),
                    ..Default::default()
                };
                let answer = self.actor.standings.make_dormant(request).await;
                if let Ok(answer) = &answer {
                    self.standings.push(answer.get_ref().standing_id.clone());
                }
                answer.is_ok()
            }
            Event::Wake { union, people } => {
                let request = pb::EndDormancyRequest {
                    request_id,
                    organisation_id: self.unions[union].to_string(),
                    effective_on,
                    person_ids: texts(&self.members(union, people).await),
                    ..Default::default()
                };
                self.actor.standings.end_dormancy(request).await.is_ok()
            }
            Event::Transfer { from, to, people } => {
                let people = self.members(from, people).await;
                let (from, to) = (self.unions[from], self.unions[to]);
                self.actor.transfers(from, to, self.on, &people).await.is_ok()
            }
            Event::Exit { union, people } => {
                let people = self.members(union, people).await;
                let left =
                    self.actor.exits(self.unions[union], pb::ExitReason::Retired, self.on, &people);
                left.await.is_ok()
            }
            Event::Undo { person } => {
                let person = self.people[person % self.people.len()];
                let movements = self.actor.movements(person).await;
                match movements.last().filter(|_| movements.len() > 1) {
                    Some(last) => self.actor.undoes(last, &[person]).await.is_ok(),
                    None => false,
                }
            }
            Event::UndoStanding { nth } => match self.standings.get(nth) {
                Some(standing) => {
                    let request = pb::UndoStandingRequest {
                        request_id,
                        standing_id: standing.clone(),
                        reason: "ghi nhầm".to_string(),
                        ..Default::default()
                    };
                    self.actor.corrections.undo_standing(request).await.is_ok()
                }
                None => false,
            },
            Event::End { union, to } => {
                let may = union != to && !self.ended.contains(&union) && !self.ended.contains(&to);
                if may {
                    let goes_on = Members::Rehomed(self.unions[to]);
                    self.world.registry.ends(self.on, &[(self.unions[union], goes_on)]);
                    self.ended.push(union);
                }
                may
            }
        };
        self.done += usize::from(done);
    }

    async fn agrees(&mut self) {
        // Whatever was said of registry has been followed by now: a write has waited for it.
        let mut stays: BTreeMap<Uuid, Vec<(Uuid, Date, Option<Date>)>> = BTreeMap::new();
        for person in self.people.clone() {
            stays.insert(person, self.actor.stays(person).await);
        }
        let mut look = self.world.look().await;
        let spells: Vec<(Uuid, Uuid, i16, Uuid, Date, Option<Date>)> = sqlx::query_as(
            "select person_id, standing_id, kind, organisation_id, from_on, until_on
             from standing_spell",
        )
        .fetch_all(&mut look)
        .await
        .expect("read");
        let published = self.world.published().await;
        let first = self.on - Duration::days(60);
        for day in (0..100).map(|day| first + Duration::days(day)) {
            let of = |kind: i16, day: Date| {
                spells.iter().filter(move |(.., of, _, from, until)| {
                    *of == kind && *from <= day && until.is_none_or(|until| day < until)
                })
            };
            for (kind, told) in [(1, pb::StandingKind::InTransfer), (2, pb::StandingKind::Dormant)]
            {
                // Once, and where she is counted.
                let mut once = Vec::new();
                for (person, _, _, union, ..) in of(kind, day) {
                    assert!(!once.contains(person), "{person} stands so twice on {day}");
                    once.push(*person);
                    let member = stays[person].iter().any(|(at, from, until)| {
                        at == union && *from <= day && until.is_none_or(|until| day < until)
                    });
                    assert!(member, "{person} stands so on {day} where she is no member");
                }
                for union in self.unions {
                    let here = of(kind, day).filter(|(_, _, _, at, ..)| *at == union).count();
                    let said = told_on(&published, told, union, day);
                    assert_eq!(i64::try_from(here), Ok(said), "{told:?} on {day}");
                }
            }
        }
        for (day, union) in (0..30).flat_map(|day| self.unions.map(|union| (day, union))) {
            let day = first + Duration::days(day * 3);
            let request = pb::CountMembersRequest {
                organisation_ids: vec![union.to_string()],
                as_of: Some(civil(day)),
                known_at: None,
            };
            let counted = self.actor.members.count_members(request).await.expect("counted");
            let counted = &counted.get_ref().counts[0];
            let here = stays.values().flatten().filter(|(at, from, until)| {
                *at == union && *from <= day && until.is_none_or(|until| day < until)
            });
            assert_eq!(usize::try_from(counted.members), Ok(here.count()));
            let told = told_on(&published, pb::StandingKind::InTransfer, union, day);
            assert_eq!(i64::from(counted.in_transfer), told);
        }
    }
}

/// Answers how many of the events were done, and not refused.
async fn holds(events: Vec<(i64, Event)>) -> usize {
    let world = World::start().await;
    let mut actor = world.national();
    let mut all = Vec::new();
    let unions = [world.alpha, world.beta, world.gamma];
    let begun = today() - Duration::days(29);
    for union in unions {
        let joined = begun - Duration::days(30);
        all.extend(actor.admits(union, joined, people(4)).await.expect("admitted"));
    }
    let mut random = Random {
        world,
        actor,
        unions,
        people: all,
        offers: Vec::new(),
        standings: Vec::new(),
        ended: Vec::new(),
        on: begun,
        done: 0,
    };
    for (days, event) in events {
        random.on = today().min(random.on + Duration::days(days));
        random.happens(event).await;
    }
    random.agrees().await;
    random.world.stop().await;
    random.done
}

#[tokio::test]
async fn it_holds_through_one_of_each() {
    let (union, to, people) = (0, 1, 2);
    let events = [
        Event::Offer { from: 0, to: 2, people: 3 },
        Event::Sleep { union, people },
        Event::Accept { people: 1 },
        Event::Decline { people: 2 },
        Event::Undo { person: 0 },
        Event::Transfer { from: 0, to, people: 1 },
        Event::Wake { union: 1, people: 1 },
        Event::Offer { from: 0, to: 2, people: 2 },
        Event::Exit { union, people: 1 },
        Event::UndoStanding { nth: 1 },
        Event::End { union, to },
        Event::Sleep { union: 1, people },
    ];
    // Nobody declines whom she has accepted, or offers whom she has offered.
    let done = holds(events.into_iter().map(|event| (1, event)).collect()).await;
    assert_eq!(done, 10);
}

#[test]
fn a_transfer_in_flight_is_counted_once_whatever_happens() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = Config { cases: 6, max_shrink_iters: 20, ..Config::default() };
    let events = prop::collection::vec((0..3_i64, event()), 5..40);
    TestRunner::new(config)
        .run(&events, |events| {
            runtime.block_on(holds(events));
            Ok(())
        })
        .expect("it holds");
}
