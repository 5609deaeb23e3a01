use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, ORIGIN, World, people};
use stage::registry::{Members, state};

const DAY: Date = date!(2020 - 03 - 01);
const END: Date = date!(2021 - 07 - 01);

pub async fn waiting(actor: &mut Actor) -> Vec<pb::Consequence> {
    let request = pb::ListConsequencesRequest::default();
    actor.consequences.list_consequences(request).await.expect("listed").into_inner().consequences
}

#[tokio::test]
async fn members_of_an_ended_union_go_where_the_act_says() {
    let world = World::start().await;
    let mut national = world.national();
    for union in [world.alpha, world.beta, world.gamma] {
        national.admits(union, DAY, people(10)).await.expect("admitted");
    }
    let act = world.registry.ends(
        END,
        &[
            (world.alpha, Members::Rehomed(world.beta)),
            (world.gamma, Members::ToSuperior(world.hue)),
        ],
    );
    assert_eq!(national.counts(world.alpha, END).await, 0);
    assert_eq!(national.counts(world.alpha, END - Duration::DAY).await, 10);
    assert_eq!(national.counts(world.beta, END).await, 20);
    assert_eq!(national.counts(world.hue, END).await, 10);
    world.registry.ends(END + Duration::DAY, &[(world.beta, Members::Ended)]);
    assert_eq!(national.counts(world.beta, END + Duration::DAY).await, 0);
    assert!(waiting(&mut national).await.is_empty());

    let published = world.published().await;
    let transferred: Vec<_> = published
        .iter()
        .filter_map(|(_, on, change, position)| match change {
            Published::MembersTransferred(change) => Some((*on, change, *position)),
            _ => None,
        })
        .collect();
    assert_eq!(transferred.len(), 2);
    for (on, change, position) in transferred {
        assert_eq!((on, change.lines.len()), (END, 10));
        assert_eq!(change.registry_act_id, act.to_string());
        assert_eq!(position, world.registry.position() - 1);
    }
    let Some((_, _, Published::MembersExited(exited), _)) =
        published.iter().find(|(_, _, change, _)| matches!(change, Published::MembersExited(_)))
    else {
        panic!("no exit was published")
    };
    assert_eq!((exited.lines.len(), exited.reason()), (20, pb::ExitReason::UnionEnded));
    let finished = published
        .iter()
        .filter(|(_, _, change, _)| matches!(change, Published::ConsequenceFinished(_)))
        .count();
    assert_eq!(finished, 3);
}

#[tokio::test]
async fn a_large_union_is_moved_in_changes_of_at_most_a_thousand() {
    let world = World::start().await;
    let mut officer = world.officer();
    for _ in 0..2 {
        officer.admits(world.alpha, DAY, people(1_000)).await.expect("admitted");
    }
    officer.admits(world.alpha, DAY, people(345)).await.expect("admitted");
    world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.beta, END).await, 2_345);
    let published = world.published().await;
    let sizes: Vec<usize> = published
        .iter()
        .filter_map(|(_, _, change, _)| match change {
            Published::MembersTransferred(change) => Some(change.lines.len()),
            _ => None,
        })
        .collect();
    assert_eq!(sizes, [1_000, 1_000, 345]);
    let acts: std::collections::HashSet<Uuid> =
        published[3..].iter().map(|(act, _, _, _)| *act).collect();
    assert_eq!(acts.len(), 1, "the consequences of one act are one act");
}

#[tokio::test]
async fn a_destination_that_ended_too_hands_the_members_on() {
    let world = World::start().await;
    let mut national = world.national();
    national.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    // Alpha's members go to beta, beta's to Hà Nội, and both end in one act.
    world.registry.ends(
        END,
        &[
            (world.alpha, Members::Rehomed(world.beta)),
            (world.beta, Members::ToSuperior(world.hanoi)),
        ],
    );
    assert_eq!(national.counts(world.hanoi, END).await, 3);
    assert_eq!(national.counts(world.beta, END).await, 0);
}

#[tokio::test]
async fn members_moved_into_a_union_whose_end_is_known_go_on_from_there() {
    let world = World::start().await;
    let mut national = world.national();
    national.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    world.registry.ends(END + Duration::days(10), &[(world.beta, Members::Rehomed(world.gamma))]);
    world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(national.counts(world.beta, END).await, 3);
    assert_eq!(national.counts(world.beta, END + Duration::days(10)).await, 0);
    assert_eq!(national.counts(world.gamma, END + Duration::days(10)).await, 3);
}

#[tokio::test]
async fn a_member_who_joined_after_an_end_that_is_told_late_moves_on_the_day_she_joined() {
    let world = World::start().await;
    let mut officer = world.officer();
    let joined = END + Duration::days(30);
    officer.admits(world.alpha, joined, people(2)).await.expect("admitted");
    world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.alpha, joined).await, 0);
    assert_eq!(officer.counts(world.beta, joined).await, 2);
    assert_eq!(officer.counts(world.beta, joined - Duration::DAY).await, 0);
}

#[tokio::test]
async fn what_cannot_be_carried_out_waits_visibly_until_it_can() {
    let world = World::start().await;
    let mut national = world.national();
    national.admits(world.alpha, DAY, people(4)).await.expect("admitted");
    let unheard_of = Uuid::now_v7();
    world.registry.ends(END, &[(world.alpha, Members::Entrusted(unheard_of))]);
    let waits = waiting(&mut national).await;
    assert_eq!(waits.len(), 1);
    assert_eq!(waits[0].obstacle(), pb::Obstacle::OrganisationUnknown);
    assert_eq!(waits[0].kind(), pb::ConsequenceKind::MembersRehomed);
    assert_eq!(waits[0].finished_at, None);

    world.registry.loads(vec![state(unheard_of, Some(world.hanoi), "CDCS", ORIGIN)]);
    assert_eq!(national.counts(unheard_of, END).await, 4);
    assert!(waiting(&mut national).await.is_empty());
}
