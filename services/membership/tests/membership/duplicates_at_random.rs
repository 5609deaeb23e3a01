//! Random movements, dormancies, ends and merges of a few people: whoever is merged and told apart again
//! is where she was, by the same movements, and what is told of both is what is counted.

use std::sync::atomic::{AtomicUsize, Ordering};

use chassis::database::today;
use chassis::parse::civil;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use proto::membership::v1 as pb;
use stage::registry::Members;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::duplicates::{JOINED, books, merges, spans, tells_what_it_counts, unmerges};
use crate::world::{Actor, World, admission, known, people, texts};

#[derive(Clone, Debug)]
enum Event {
    Admit { union: usize, person: usize },
    Transfer { to: usize, person: usize },
    Exit { person: usize },
    Undo { person: usize },
    Sleep { person: usize },
    End { union: usize, to: usize },
    Merge { merged: usize, survivor: usize },
}

fn event() -> impl Strategy<Value = (i64, Event)> {
    let (union, person) = (0..4_usize, 0..5_usize);
    let event = prop_oneof![
        5 => (union.clone(), person.clone()).prop_map(|(union, person)| Event::Admit { union, person }),
        4 => (union.clone(), person.clone()).prop_map(|(to, person)| Event::Transfer { to, person }),
        3 => person.clone().prop_map(|person| Event::Exit { person }),
        2 => person.clone().prop_map(|person| Event::Undo { person }),
        1 => person.clone().prop_map(|person| Event::Sleep { person }),
        1 => (union.clone(), union).prop_map(|(union, to)| Event::End { union, to }),
        4 => (person.clone(), person).prop_map(|(merged, survivor)| Event::Merge { merged, survivor }),
    ];
    (0..40_i64, event)
}

/// Something happens to somebody, or is refused.
async fn happens(
    world: &World,
    actor: &mut Actor,
    (unions, persons): (&[Uuid], &[Uuid]),
    ended: &mut Vec<usize>,
    on: Date,
    event: Event,
) -> bool {
    let at = async |actor: &mut Actor, person: Uuid| {
        let stays = actor.stays(person).await;
        stays.into_iter().find(|stay| stay.2.is_none()).map(|stay| stay.0)
    };
    match event {
        Event::Admit { union, person } => {
            let stays = actor.stays(persons[person]).await;
            let request = pb::AdmitMembersRequest {
                kind: match stays.is_empty() {
                    true => pb::AdmissionKind::Admitted,
                    false => pb::AdmissionKind::Readmitted,
                }
                .into(),
                ..admission(unions[union], on, vec![known(persons[person])])
            };
            let _ = actor.members.admit_members(request).await;
        }
        Event::Transfer { to, person } => {
            if let Some(from) = at(actor, persons[person]).await {
                let _ = actor.transfers(from, unions[to], on, &persons[person..=person]).await;
            }
        }
        Event::Exit { person } => {
            if let Some(from) = at(actor, persons[person]).await {
                let left = pb::ExitReason::LeftEmployment;
                let _ = actor.exits(from, left, on, &persons[person..=person]).await;
            }
        }
        Event::Undo { person } => {
            if let Some(last) = actor.movements(persons[person]).await.last() {
                let _ = actor.undoes(last, &persons[person..=person]).await;
            }
        }
        Event::Sleep { person } => {
            if let Some(union) = at(actor, persons[person]).await {
                let request = pb::MakeDormantRequest {
                    request_id: Uuid::new_v4().to_string(),
                    organisation_id: union.to_string(),
                    reason: pb::DormancyReason::JobLost.into(),
                    effective_on: Some(civil(on)),
                    person_ids: texts(&persons[person..=person]),
                    ..Default::default()
                };
                let _ = actor.standings.make_dormant(request).await;
            }
        }
        Event::End { union, to } => {
            if union != to && !ended.contains(&union) && !ended.contains(&to) && ended.is_empty() {
                ended.push(union);
                world.registry.ends(on, &[(unions[union], Members::Rehomed(unions[to]))]);
                actor.counts(unions[union], on).await;
            }
        }
        Event::Merge { merged, survivor } => {
            // Merged and told apart at once: nothing is otherwise than before.
            let before = books(world).await;
            if merges(actor, persons[merged], persons[survivor]).await.is_ok() {
                let days = [JOINED, on - Duration::DAY, on, today()];
                tells_what_it_counts(world, actor, unions, &days).await;
                unmerges(actor, persons[merged]).await.expect("told apart");
                let after = books(world).await;
                assert_eq!(spans(&after.0), spans(&before.0));
                if ended.is_empty() {
                    // Without an end all is carried out as it was decided: by the same movements.
                    assert_eq!(after, before);
                }
                tells_what_it_counts(world, actor, unions, &days).await;
                return true;
            }
        }
    }
    false
}

#[test]
fn to_merge_and_to_tell_apart_is_to_do_nothing_whatever_has_happened() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let full = std::env::var("CONGDOAN_HISTORIES").is_ok_and(|size| size == "full");
    let cases = if full { 60 } else { 6 };
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let history = proptest::collection::vec(event(), 12..40);
    let done = AtomicUsize::new(0);
    runner
        .run(&history, |history| {
            runtime.block_on(async {
                let world = World::start().await;
                let mut actor = world.national();
                let delta = Uuid::now_v7();
                world.registry.loads(vec![stage::registry::state(
                    delta,
                    Some(world.hue),
                    "CDCS",
                    crate::world::ORIGIN,
                )]);
                let unions = [world.alpha, world.beta, world.gamma, delta];
                let persons: Vec<Uuid> = actor
                    .applies(world.hanoi, date!(2019 - 01 - 01), people(5))
                    .await
                    .expect("applied");
                let mut ended = Vec::new();
                let mut on = JOINED;
                for (after, event) in history {
                    on += Duration::days(after);
                    let people = (&unions[..], &persons[..]);
                    let merged = happens(&world, &mut actor, people, &mut ended, on, event).await;
                    done.fetch_add(usize::from(merged), Ordering::Relaxed);
                }
                world.stop().await;
            });
            Ok(())
        })
        .expect("nothing is otherwise");
    assert!(done.into_inner() > usize::try_from(cases).expect("few"), "hardly anybody was merged");
}
