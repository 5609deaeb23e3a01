//! Acts of registry that are undone, and ends that are known otherwise: the movements that
//! followed from them are taken back, as far as nothing later rests on them.

use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use proto::membership::v1::movement_taken_back::Movement;
use proto::registry::v1::organisation_timeline::{Ending, Period};
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{
    ActsUndone, EndKind, MembersOutcome, OrganisationTimeline, TimelinesCorrected,
};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, ORIGIN, World, people};
use stage::registry::Members;

const DAY: Date = date!(2020 - 03 - 01);
const END: Date = date!(2021 - 07 - 01);
const LATER: Date = date!(2021 - 09 - 01);

pub fn life(union: Uuid, superior: Uuid, founded: Date) -> OrganisationTimeline {
    let period = |value: &str| Period {
        from_on: Some(civil(founded)),
        until_on: None,
        value: value.to_string(),
    };
    OrganisationTimeline {
        organisation_id: union.to_string(),
        exists: true,
        founded_on: Some(civil(founded)),
        superiors: vec![period(&superior.to_string())],
        types: vec![period("CDCS")],
        statuses: vec![period("ACTIVE")],
        ..OrganisationTimeline::default()
    }
}

pub fn undoes(world: &World, act: Uuid, timelines: Vec<OrganisationTimeline>) -> Uuid {
    let undone = ActsUndone { act_ids: vec![act.to_string()] };
    world.registry.acts(
        LATER,
        vec![What::TimelinesCorrected(TimelinesCorrected { timelines }), What::ActsUndone(undone)],
    )
}

async fn consequences(actor: &mut Actor, unfinished: bool) -> Vec<pb::Consequence> {
    let request =
        pb::ListConsequencesRequest { include_finished: !unfinished, ..Default::default() };
    actor.consequences.list_consequences(request).await.expect("listed").into_inner().consequences
}

#[tokio::test]
async fn members_whom_an_undone_end_moved_never_moved() {
    let world = World::start().await;
    let mut national = world.national();
    for union in [world.alpha, world.gamma] {
        national.admits(union, DAY, people(6)).await.expect("admitted");
    }
    // Alpha's members go on to beta and, since that ends too, to Hà Nội; gamma's leave.
    let act = world.registry.ends(
        END,
        &[
            (world.alpha, Members::Rehomed(world.beta)),
            (world.beta, Members::ToSuperior(world.hanoi)),
            (world.gamma, Members::Ended),
        ],
    );
    assert_eq!(national.counts(world.hanoi, END).await, 6);
    assert_eq!(national.counts(world.gamma, END).await, 0);
    undoes(
        &world,
        act,
        vec![
            life(world.alpha, world.hanoi, ORIGIN),
            life(world.beta, world.hanoi, ORIGIN),
            life(world.gamma, world.hue, ORIGIN),
        ],
    );
    for union in [world.alpha, world.gamma] {
        for on in [END - Duration::DAY, END, LATER] {
            assert_eq!(national.counts(union, on).await, 6);
        }
    }
    assert_eq!(national.counts(world.hanoi, END).await, 0);
    assert!(consequences(&mut national, true).await.is_empty());

    let mut taken = Vec::new();
    for (_, on, change, _) in world.published().await {
        if let Published::MovementTakenBack(change) = change {
            assert_eq!(on, END);
            taken.push(match change.movement.expect("a movement") {
                Movement::MembersAdmitted(admitted) => ("admitted", admitted.lines.len()),
                Movement::MembersTransferred(moved) => ("transferred", moved.lines.len()),
                Movement::MembersExited(exited) => ("exited", exited.lines.len()),
            });
        }
    }
    taken.sort_unstable();
    assert_eq!(taken, [("exited", 6), ("transferred", 6)]);
    // They are members as before: what they do next, they do from there.
    national.admits(world.alpha, LATER, people(1)).await.expect("alpha lives");
}

#[tokio::test]
async fn whoever_moved_on_since_is_left_and_listed_with_the_reason() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, DAY, people(5)).await.expect("admitted");
    let act = world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(national.counts(world.beta, END).await, 5);
    let (moved, _) = members.split_at(2);
    national.transfers(world.beta, world.gamma, LATER, moved).await.expect("moved on");
    let undoing = undoes(&world, act, vec![life(world.alpha, world.hanoi, ORIGIN)]);
    assert_eq!(national.counts(world.alpha, LATER).await, 3);
    assert_eq!(national.counts(world.beta, END).await, 2);
    assert_eq!(national.counts(world.gamma, LATER).await, 2);

    let unfinished = consequences(&mut national, true).await;
    let [left] = &unfinished[..] else { panic!("one consequence, not {unfinished:?}") };
    assert_eq!(left.registry_act_id, undoing.to_string());
    assert_eq!(left.kind(), pb::ConsequenceKind::MovementsTakenBack);
    assert_eq!((left.obstacle(), left.members), (pb::Obstacle::LaterMovement, 3));
    let mut people: Vec<Uuid> = left
        .passed_over
        .iter()
        .map(|one| Uuid::parse_str(&one.person_id).expect("an id"))
        .collect();
    people.sort_unstable();
    let mut moved = moved.to_vec();
    moved.sort_unstable();
    assert_eq!(people, moved);
}

#[tokio::test]
async fn whom_only_later_ends_moved_on_is_where_she_would_be_whichever_was_known_first() {
    for undone_first in [true, false] {
        let world = World::start().await;
        let mut national = world.national();
        national.admits(world.alpha, DAY, people(5)).await.expect("admitted");
        let act = world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
        let lives = || vec![life(world.alpha, world.hanoi, ORIGIN)];
        if undone_first {
            undoes(&world, act, lives());
        }
        world.registry.ends(LATER, &[(world.beta, Members::Rehomed(world.gamma))]);
        if !undone_first {
            assert_eq!(national.counts(world.gamma, LATER).await, 5);
            let request = pb::ListLaterMovementsRequest {
                registry_act_ids: vec![act.to_string()],
                ..Default::default()
            };
            let moved_on = national.consequences.list_later_movements(request).await;
            let moved_on = moved_on.expect("listed").into_inner().movements;
            assert!(moved_on.is_empty(), "nobody decided that: {moved_on:?}");
            undoes(&world, act, lives());
        }
        for (union, members) in [(world.alpha, 5), (world.beta, 0), (world.gamma, 0)] {
            assert_eq!(national.counts(union, LATER).await, members);
        }
        assert!(consequences(&mut national, true).await.is_empty());
    }
}

#[tokio::test]
async fn an_undone_end_in_the_middle_of_a_chain_leaves_people_where_its_union_lives() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, DAY, people(5)).await.expect("admitted");
    world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    let act = world.registry.ends(LATER, &[(world.beta, Members::Rehomed(world.gamma))]);
    let gone = LATER + Duration::days(30);
    world.registry.ends(gone, &[(world.gamma, Members::Ended)]);
    assert_eq!(national.counts(world.beta, gone).await, 0);
    // One of them was admitted elsewhere after that: this somebody decided.
    let again = gone + Duration::days(60);
    let line = pb::PersonLine { person_id: members[0].to_string(), ..Default::default() };
    let (delta, _) = world.registry.founds(world.hue, END, &[]);
    national.admits(delta, again, vec![line]).await.expect("admitted");
    undoes(&world, act, vec![life(world.beta, world.hanoi, ORIGIN)]);
    assert_eq!(national.counts(world.beta, again).await, 4);
    let unfinished = consequences(&mut national, true).await;
    let [left] = &unfinished[..] else { panic!("one consequence, not {unfinished:?}") };
    assert_eq!((left.members, left.passed_over_count), (4, 1));
}

#[tokio::test]
async fn that_all_of_an_act_waits_for_somebody_is_told() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    let act = world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(national.counts(world.beta, END).await, 2);
    national.transfers(world.beta, world.gamma, LATER, &members).await.expect("moved on");
    let undoing = undoes(&world, act, vec![life(world.alpha, world.hanoi, ORIGIN)]);
    assert_eq!(national.counts(world.gamma, LATER).await, 2);
    let (_, _, last, _) = world.published().await.pop().expect("published");
    let Published::ConsequencesWaiting(waiting) = last else { panic!("told last: {last:?}") };
    assert_eq!(waiting.registry_act_id, undoing.to_string());
    assert_eq!(waiting.organisations, 1);
}

#[tokio::test]
async fn an_end_known_for_another_day_moves_its_members_on_that_day() {
    let world = World::start().await;
    let mut national = world.national();
    national.admits(world.alpha, DAY, people(4)).await.expect("admitted");
    world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(national.counts(world.beta, END).await, 4);
    let ending = Ending {
        ended_on: Some(civil(LATER)),
        kind: EndKind::Merged.into(),
        principal_successor_id: world.beta.to_string(),
        last_superior_id: world.hanoi.to_string(),
        members_outcome: MembersOutcome::Rehomed.into(),
        rehome_to_id: world.beta.to_string(),
    };
    let timeline =
        OrganisationTimeline { ending: Some(ending), ..life(world.alpha, world.hanoi, ORIGIN) };
    world.registry.acts(
        END,
        vec![What::TimelinesCorrected(TimelinesCorrected { timelines: vec![timeline] })],
    );
    assert_eq!(national.counts(world.alpha, END).await, 4);
    assert_eq!(national.counts(world.beta, END).await, 0);
    assert_eq!(national.counts(world.alpha, LATER).await, 0);
    assert_eq!(national.counts(world.beta, LATER).await, 4);
    assert!(consequences(&mut national, true).await.is_empty());
}

#[tokio::test]
async fn applicants_of_an_undone_founding_are_applicants_again() {
    let world = World::start().await;
    let mut national = world.national();
    let applied = END - Duration::days(10);
    let applicants = national.applies(world.hanoi, applied, people(3)).await.expect("applied");
    let (union, act) = world.registry.founds(world.hanoi, END, &applicants);
    assert_eq!(national.counts(union, END).await, 3);
    let never = OrganisationTimeline {
        organisation_id: union.to_string(),
        ..OrganisationTimeline::default()
    };
    undoes(&world, act, vec![never]);
    let (another, _) = world.registry.founds(world.hanoi, END, &applicants);
    assert_eq!(national.counts(another, END).await, 3);
}
