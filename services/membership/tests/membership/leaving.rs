use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::undone::{life, undoes};
use crate::world::{Actor, World, because, id, people, refused};
use stage::registry::Members;

const DAY: Date = date!(2020 - 03 - 01);
const LATER: Date = date!(2020 - 09 - 01);
const LAST: Date = date!(2021 - 03 - 01);

#[tokio::test]
async fn a_transfer_ends_one_membership_and_begins_another_on_the_same_day() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let moved = officer.transfers(world.alpha, world.beta, LATER, &persons[..2]).await;
    assert_eq!(moved.expect("transferred"), 2);
    assert_eq!(officer.counts(world.alpha, LATER).await, 1);
    assert_eq!(officer.counts(world.beta, LATER).await, 2);
    assert_eq!(officer.counts(world.beta, LATER.previous_day().expect("a day")).await, 0);

    let seen = officer.sees(persons[0]).await.expect("seen");
    let unions: Vec<&str> =
        seen.memberships.iter().map(|stay| stay.organisation_id.as_str()).collect();
    assert_eq!(unions, [world.alpha.to_string(), world.beta.to_string()]);
    assert_eq!(seen.memberships[0].until_on, seen.memberships[1].from_on);
    assert_eq!(seen.memberships[0].admission_kind(), pb::AdmissionKind::Admitted);

    let published = world.published().await;
    let Some((_, _, Published::MembersTransferred(change), _)) = published.last() else {
        panic!("{published:?}")
    };
    assert_eq!(change.lines.len(), 2);
    assert_eq!(change.lines[0].membership_id, seen.memberships[1].membership_id);
    assert_eq!(change.registry_act_id, "");
}

#[tokio::test]
async fn nobody_is_transferred_into_a_union_that_does_not_admit() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(1)).await.expect("admitted");
    let same = officer.transfers(world.alpha, world.alpha, LATER, &persons).await;
    assert_eq!(refused(same), because("TRANSFER_TO_SAME", "to_organisation_id"));
    world.registry.suspends(world.beta, DAY);
    let refusal = officer.transfers(world.alpha, world.beta, LATER, &persons).await;
    assert_eq!(refused(refusal).0, "ORGANISATION_SUSPENDED");
    world.registry.suspends(world.alpha, DAY);
    world.registry.resumes(world.beta, LATER);
    let out_of_suspended = officer.transfers(world.alpha, world.beta, LATER, &persons).await;
    assert_eq!(out_of_suspended.expect("members of a suspended union may leave"), 1);
}

#[tokio::test]
async fn an_exit_needs_a_membership_that_lasts_on_that_day_in_that_union() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(4)).await.expect("admitted");
    let resigned = pb::ExitReason::Resigned;
    let exits = |union: Uuid, day: Date, persons: Vec<Uuid>| {
        let mut officer = world.officer();
        async move { officer.exits(union, resigned, day, &persons).await }
    };
    let elsewhere = exits(world.beta, LATER, persons.clone()).await;
    assert_eq!(refused(elsewhere), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    let before = exits(world.alpha, date!(2020 - 02 - 29), persons.clone()).await;
    assert_eq!(refused(before), because("EFFECTIVE_BEFORE_MEMBERSHIP", "person_ids[0]"));
    let repeated = exits(world.alpha, LATER, vec![persons[0], persons[0]]).await;
    assert_eq!(refused(repeated), because("PERSON_REPEATED", "person_ids[1]"));
    let unknown = exits(world.alpha, LATER, vec![persons[0], Uuid::now_v7()]).await;
    assert_eq!(refused(unknown), because("PERSON_UNKNOWN", "person_ids[1]"));

    assert_eq!(exits(world.alpha, LATER, vec![persons[0]]).await.expect("left"), 1);
    let again = exits(world.alpha, LATER, vec![persons[0]]).await;
    assert_eq!(refused(again), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    let earlier = exits(world.alpha, date!(2020 - 08 - 01), vec![persons[0]]).await;
    assert_eq!(refused(earlier), because("MOVEMENT_LATER", "person_ids[0]"));
    assert_eq!(officer.counts(world.alpha, LATER).await, 3);

    let reserved = officer.exits(world.alpha, pb::ExitReason::UnionEnded, LATER, &persons).await;
    assert_eq!(refused(reserved), because("EXIT_REASON_RESERVED", "reason"));
}

#[tokio::test]
async fn every_reason_to_leave_is_recorded_and_published() {
    use pb::ExitReason as Why;
    let world = World::start().await;
    let mut officer = world.officer();
    let reasons = [
        Why::Resigned,
        Why::Expelled,
        Why::Died,
        Why::Retired,
        Why::LeftEmployment,
        Why::BecameManager,
        Why::LeftScope,
        Why::Emigrated,
    ];
    let persons = officer.admits(world.alpha, DAY, people(8)).await.expect("admitted");
    for (person, reason) in persons.iter().zip(reasons) {
        officer.exits(world.alpha, reason, LATER, &[*person]).await.expect("left");
        let seen = officer.sees(*person).await.expect("seen in the scope of her last union");
        assert_eq!(seen.memberships[0].exit_reason(), reason);
    }
    let published: Vec<Why> = world
        .published()
        .await
        .into_iter()
        .filter_map(|(_, _, change, _)| match change {
            Published::MembersExited(change) => Some(change.reason()),
            _ => None,
        })
        .collect();
    assert_eq!(published, reasons);
}

#[tokio::test]
async fn a_union_that_has_ended_is_left_by_nobody_because_nobody_is_left_in_it() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    world.registry.ends(LATER, &[(world.alpha, Members::Ended)]);
    let late = officer.exits(world.alpha, pb::ExitReason::Retired, LATER, &persons).await;
    assert_eq!(refused(late), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    // What followed from the end alone rules out nothing that comes before it.
    let early = date!(2020 - 05 - 01);
    let left = officer.exits(world.alpha, pb::ExitReason::Retired, early, &persons).await;
    assert_eq!(left.expect("they were there then"), 2);
    let again = officer.exits(world.alpha, pb::ExitReason::Retired, DAY, &persons).await;
    assert_eq!(refused(again), because("MOVEMENT_LATER", "person_ids[0]"));
}

#[tokio::test]
async fn a_union_is_divided_by_a_list_and_the_others_go_where_its_end_says() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(5)).await.expect("admitted");
    // Its parts, one of which goes on in its place.
    let (first, _) = world.registry.founds(world.hanoi, LATER, &[]);
    let (second, _) = world.registry.founds(world.hanoi, LATER, &[]);
    let act = world.registry.ends(LATER, &[(world.alpha, Members::Rehomed(first))]);
    assert_eq!(officer.counts(first, LATER).await, 5);
    let list = &persons[..3];
    assert_eq!(officer.transfers(world.alpha, second, LATER, list).await.expect("divided"), 3);
    assert_eq!(officer.counts(first, LATER).await, 2);
    assert_eq!(officer.counts(second, LATER).await, 3);
    assert_eq!(officer.counts(world.alpha, LATER.previous_day().expect("a day")).await, 5);
    // They have never been in the first part, and nobody has left twice.
    let stays = officer.stays(persons[0]).await;
    assert_eq!(stays, [(world.alpha, DAY, Some(LATER)), (second, LATER, None)]);
    let again = officer.transfers(world.alpha, second, LATER, list).await;
    assert_eq!(refused(again), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    let request = pb::ListConsequencesRequest {
        registry_act_id: act.to_string(),
        include_finished: true,
        ..Default::default()
    };
    let listed = officer.consequences.list_consequences(request).await.expect("listed");
    assert_eq!(listed.into_inner().consequences[0].members, 2);
    // The rest is listed, with what can be done.
    let rest = async |officer: &mut Actor| {
        let request = pb::ListConsequencesRequest {
            registry_act_id: act.to_string(),
            include_finished: true,
            ..Default::default()
        };
        let listed = officer.consequences.list_consequences(request).await.expect("listed");
        let kind = pb::ConsequenceKind::RestOfDivision;
        listed.into_inner().consequences.into_iter().find(|one| one.kind() == kind).expect("it")
    };
    let left = |rest: &pb::Consequence| {
        let unplaced = rest.passed_over.iter().filter(|one| one.mended_at.is_none());
        unplaced.map(|one| id(&one.person_id)).collect::<Vec<_>>()
    };
    let two = rest(&mut officer).await;
    assert_eq!((left(&two), two.finished_at), (persons[3..].to_vec(), None));
    assert_eq!((two.obstacle(), two.members), (pb::Obstacle::NotOnList, 0));
    let one = &two.passed_over[0];
    assert_eq!(one.remedy(), pb::Remedy::TransferMembers);
    assert_eq!(one.permission, "membership.member.transfer");
    assert_eq!(one.organisation_ids, [world.alpha.to_string()]);
    // A further list says of one of them that she is where she is to be; what is decided of the other
    // places her, too.
    let confirmed = officer.transfers(world.alpha, first, LATER, &persons[3..4]).await;
    assert_eq!(confirmed.expect("placed"), 1);
    let one = rest(&mut officer).await;
    assert_eq!((left(&one), one.members), (persons[4..].to_vec(), 1));
    officer.exits(first, pb::ExitReason::Retired, LAST, &persons[4..]).await.expect("left");
    let done = rest(&mut officer).await;
    assert_eq!((left(&done), done.members), (vec![], 2));
    assert!(done.finished_at.is_some());
    assert_eq!(done.obstacle(), pb::Obstacle::Unspecified);
    let exit = officer.movements(persons[4]).await.remove(2);
    officer.undoes(&exit, &[]).await.expect("undone");
    assert_eq!(left(&rest(&mut officer).await), &persons[4..]);
    // A line of the list was wrong: she goes where the act says.
    let wrong = officer.movements(persons[0]).await.remove(1);
    officer.undoes(&wrong, &persons[..1]).await.expect("undone");
    let stays = officer.stays(persons[0]).await;
    assert_eq!(stays, [(world.alpha, DAY, Some(LATER)), (first, LATER, None)]);
    let mut unplaced = vec![persons[0], persons[4]];
    unplaced.sort_unstable();
    assert_eq!(left(&rest(&mut officer).await), unplaced);
    world.stop().await;
}

#[tokio::test]
async fn a_list_that_is_known_before_the_end_has_a_rest_too_until_the_end_is_undone() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let (second, _) = world.registry.founds(world.hanoi, LATER, &[]);
    officer.transfers(world.alpha, second, LATER, &persons[..1]).await.expect("divided");
    let act = world.registry.ends(LATER, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.beta, LATER).await, 2);
    let unfinished = async |officer: &mut Actor| {
        let request = pb::ListConsequencesRequest::default();
        let listed = officer.consequences.list_consequences(request).await.expect("listed");
        listed.into_inner().consequences
    };
    let rest = unfinished(&mut officer).await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].kind(), pb::ConsequenceKind::RestOfDivision);
    assert_eq!((rest[0].passed_over_count, id(&rest[0].registry_act_id)), (2, act));
    // Where nobody went by a list, nobody is left of one.
    world.registry.ends(LATER, &[(world.gamma, Members::Rehomed(world.beta))]);
    let timeline = life(world.alpha, world.hanoi, crate::world::ORIGIN);
    undoes(&world, act, vec![timeline]);
    assert_eq!(officer.counts(world.alpha, LATER).await, 2);
    assert_eq!(unfinished(&mut officer).await, []);
    world.stop().await;
}
