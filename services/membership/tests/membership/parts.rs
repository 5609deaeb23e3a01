//! What an act of registry means for more members than one transaction moves.

use std::collections::BTreeMap;

use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::ends::waiting;
use crate::undone::{life, undoes};
use crate::world::{Actor, ORIGIN, World, people};
use stage::registry::{Members, state};

const DAY: Date = date!(2020 - 03 - 01);
const END: Date = date!(2021 - 07 - 01);

/// Unions under Hà Nội, with so many members each.
async fn unions(world: &World, actor: &mut Actor, count: usize, members: u32) -> Vec<Uuid> {
    let unions: Vec<Uuid> = std::iter::repeat_with(Uuid::now_v7).take(count).collect();
    let states = unions.iter().map(|union| state(*union, Some(world.hanoi), "CDCS", ORIGIN));
    world.registry.loads(states.collect());
    for union in &unions {
        actor.admits(*union, DAY, people(members)).await.expect("admitted");
    }
    unions
}

/// Reads until all that registry's acts mean is done; answers how many reads found work under way.
async fn done(actor: &mut Actor) -> usize {
    let mut under_way = 0;
    while !waiting(actor).await.is_empty() {
        under_way += 1;
        tokio::task::yield_now().await;
    }
    under_way
}

#[tokio::test]
async fn many_members_go_on_in_parts_and_are_counted_once_meanwhile() {
    let world = World::moving(50).await;
    let mut national = world.national();
    let ended = unions(&world, &mut national, 12, 20).await;
    let ends: Vec<_> = ended.iter().map(|union| (*union, Members::Rehomed(world.beta))).collect();
    let act = world.registry.ends(END, &ends);
    let all: Vec<Uuid> = ended.iter().copied().chain([world.beta]).collect();
    loop {
        // The list is older than the count: what it says is under way may be done.
        let left = waiting(&mut national).await;
        let counted: Vec<i32> = national.counts_of(&all, END).await;
        assert_eq!(counted.iter().sum::<i32>(), 240, "nobody in neither, nobody in both");
        assert!(left.iter().all(|one| one.obstacle() == pb::Obstacle::Unspecified), "{left:?}");
        if left.is_empty() {
            break;
        }
    }
    assert_eq!(national.counts(world.beta, END).await, 240);

    let mut parts = BTreeMap::<Uuid, usize>::new();
    let mut left = Vec::new();
    for (part, on, change, _) in world.published().await {
        match change {
            Published::MembersTransferred(change) => {
                assert_eq!((on, change.registry_act_id), (END, act.to_string()));
                *parts.entry(part).or_default() += change.lines.len();
            }
            Published::ConsequencesLeft(change) => left.push((part, parts.len(), change)),
            _ => {}
        }
    }
    assert_eq!(parts.values().sum::<usize>(), 240);
    assert_eq!(parts.len(), 6, "two unions of twenty fit into fifty: {parts:?}");

    // With the first part that more is to come, after the last that nothing is.
    let [(first, told_after, begun), (_, at_last, done)] = &left[..] else { panic!("{left:?}") };
    assert_eq!((*told_after, *at_last), (1, 6));
    assert_eq!(begun.part_id, first.to_string());
    assert!(begun.from_position > 0);
    assert_eq!((&done.part_id, done.from_position), (&begun.part_id, 0));
}

#[tokio::test]
async fn an_end_is_undone_while_its_members_are_still_moved() {
    let world = World::moving(30).await;
    let mut national = world.national();
    let ended = unions(&world, &mut national, 9, 20).await;
    let ends: Vec<_> = ended.iter().map(|union| (*union, Members::Rehomed(world.beta))).collect();
    let act = world.registry.ends(END, &ends);
    let timelines = ended.iter().map(|union| life(*union, world.hanoi, ORIGIN)).collect();
    undoes(&world, act, timelines);
    done(&mut national).await;
    for union in ended {
        assert_eq!(national.counts(union, END).await, 20);
    }
    assert_eq!(national.counts(world.beta, END).await, 0);
}

#[tokio::test]
async fn members_who_go_on_in_parts_come_to_where_the_last_of_several_ends_says() {
    let world = World::moving(25).await;
    let mut national = world.national();
    let ended = unions(&world, &mut national, 5, 20).await;
    let ends: Vec<_> = ended.iter().map(|union| (*union, Members::Rehomed(world.beta))).collect();
    world.registry.ends(END, &ends);
    let later = END + Duration::days(10);
    world.registry.ends(later, &[(world.beta, Members::Rehomed(world.gamma))]);
    done(&mut national).await;
    assert_eq!(national.counts(world.beta, END).await, 100);
    assert_eq!(national.counts(world.beta, later).await, 0);
    assert_eq!(national.counts(world.gamma, later).await, 100);
}
