//! Unions that never existed: their founding was undone while people were in them.

use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{ActsUndone, OrganisationTimeline, TimelinesCorrected};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::{Actor, World, id, known, people, person, refused};
use stage::registry::Members;

const FOUNDED: Date = date!(2024 - 01 - 10);
const JOINED: Date = date!(2024 - 02 - 01);
const LATER: Date = date!(2024 - 05 - 01);
const NOW: Date = date!(2024 - 09 - 01);

/// Registry takes the founding back, as its feed tells it.
fn unfounds(world: &World, union: Uuid, under: Uuid, act: Uuid) -> Uuid {
    let never = OrganisationTimeline {
        organisation_id: union.to_string(),
        founded_under_id: under.to_string(),
        ..OrganisationTimeline::default()
    };
    let undone = ActsUndone { act_ids: vec![act.to_string()] };
    world.registry.acts(
        FOUNDED,
        vec![
            What::TimelinesCorrected(TimelinesCorrected { timelines: vec![never] }),
            What::ActsUndone(undone),
        ],
    )
}

async fn listed(actor: &mut Actor, act: Uuid, kind: pb::ConsequenceKind) -> pb::Consequence {
    let request = pb::ListConsequencesRequest {
        include_finished: true,
        registry_act_id: act.to_string(),
        ..Default::default()
    };
    let answer = actor.consequences.list_consequences(request).await.expect("listed").into_inner();
    let mut found = answer.consequences.into_iter().filter(|one| one.kind() == kind);
    found.next().expect("a consequence of this kind")
}

#[tokio::test]
async fn people_in_what_never_existed_are_put_back_where_they_came_from() {
    let world = World::start().await;
    let mut officer = world.officer();
    let from_beta = officer.admits(world.beta, JOINED, people(2)).await.expect("admitted");
    let (union, act) = world.registry.founds(world.hanoi, FOUNDED, &[]);
    let new = officer.admits(union, JOINED, (1..4).map(person).collect()).await.expect("admitted");
    officer.transfers(world.beta, union, LATER, &from_beta).await.expect("transferred");
    assert_eq!(officer.counts(union, NOW).await, 5);

    let undoing = unfounds(&world, union, world.hanoi, act);
    assert_eq!(officer.counts(world.beta, NOW).await, 2);
    assert_eq!(officer.counts(union, NOW).await, 0);
    assert_eq!(officer.counts(union, JOINED).await, 0);
    let put_back = listed(&mut officer, undoing, pb::ConsequenceKind::MembersPutBack).await;
    assert_eq!((put_back.members, put_back.obstacle()), (5, pb::Obstacle::Unspecified));
    assert!(put_back.finished_at.is_some());
    // Whoever was admitted there is nowhere now: she is listed, with what can be done by whom.
    let no_place: Vec<Uuid> = put_back
        .passed_over
        .iter()
        .filter(|one| one.obstacle() == pb::Obstacle::NoPlace)
        .map(|one| id(&one.person_id))
        .collect();
    let mut expected = new.clone();
    expected.sort_unstable();
    assert_eq!(no_place, expected);
    let one = put_back.passed_over.iter().find(|one| id(&one.person_id) == new[0]).expect("listed");
    assert_eq!(one.remedy(), pb::Remedy::AdmitMembers);
    assert_eq!(one.permission, "membership.member.admit");

    // She is read by whom the union was founded under, found by her number, and admitted anew.
    for person in new.iter().chain(&from_beta) {
        officer.sees(*person).await.expect("in somebody's scope");
    }
    let number =
        pb::FindPersonRequest { identity_number: person(1).identity_number, ..Default::default() };
    let found = officer.members.find_person(number).await.expect("found").into_inner();
    assert_eq!(id(&found.person_id), new[0]);
    officer.admits(world.alpha, JOINED, vec![known(new[0])]).await.expect("by her id");
    officer.admits(world.alpha, JOINED, vec![person(2)]).await.expect("by her number");
    assert_eq!(officer.counts(world.alpha, NOW).await, 2);
    let left = listed(&mut officer, undoing, pb::ConsequenceKind::MembersPutBack).await;
    let waiting: Vec<_> = left.passed_over.iter().filter(|one| one.mended_at.is_none()).collect();
    assert_eq!(waiting.len(), 1);
    assert_eq!(refused(officer.admits(union, JOINED, people(1)).await).0, "ORGANISATION_UNKNOWN");
    world.stop().await;
}

#[tokio::test]
async fn whoever_would_go_back_to_a_union_that_ended_since_goes_on_with_its_members() {
    let world = World::start().await;
    let mut national = world.national();
    let moved = national.admits(world.beta, JOINED, people(2)).await.expect("admitted");
    let (union, act) = world.registry.founds(world.hanoi, FOUNDED, &[]);
    national.transfers(world.beta, union, JOINED, &moved).await.expect("transferred");
    world.registry.ends(LATER, &[(world.beta, Members::Rehomed(world.gamma))]);
    unfounds(&world, union, world.hanoi, act);
    assert_eq!(national.counts(world.beta, JOINED).await, 2);
    assert_eq!(national.counts(world.beta, LATER).await, 0);
    assert_eq!(national.counts(world.gamma, LATER).await, 2);
}

#[tokio::test]
async fn what_rested_on_a_stay_in_what_never_existed_starts_from_where_she_was() {
    let world = World::start().await;
    let mut national = world.national();
    let on = world.alpha;
    let [moves_on, retires] = national
        .admits(world.beta, JOINED, people(2))
        .await
        .expect("admitted")
        .try_into()
        .expect("two");
    let (union, act) = world.registry.founds(world.hanoi, FOUNDED, &[]);
    let fresh = national.admits(union, JOINED, people(2)).await.expect("admitted");
    national.transfers(world.beta, union, JOINED, &[moves_on, retires]).await.expect("moved");
    national.transfers(union, on, LATER, &[moves_on, fresh[0]]).await.expect("moved on");
    national.exits(union, pb::ExitReason::Retired, LATER, &[retires]).await.expect("retired");
    let undoing = unfounds(&world, union, world.hanoi, act);

    assert_eq!(national.counts(union, JOINED).await, 0);
    assert_eq!(national.counts(world.beta, JOINED).await, 2);
    assert_eq!(national.counts(world.beta, LATER).await, 0);
    assert_eq!(national.counts(on, LATER).await, 2);
    let history = national.sees(fresh[0]).await.expect("seen").memberships;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].admission_kind(), pb::AdmissionKind::Admitted);
    assert_eq!(history[0].from_on, Some(civil(LATER)));
    let history = national.sees(retires).await.expect("seen").memberships;
    assert_eq!(history[0].exit_reason(), pb::ExitReason::Retired);
    let put_back = listed(&mut national, undoing, pb::ConsequenceKind::MembersPutBack).await;
    assert_eq!((put_back.members, put_back.passed_over_count), (4, 4));
    assert!(put_back.finished_at.is_some());
}

#[tokio::test]
async fn applicants_of_what_never_existed_can_be_admitted_elsewhere_and_their_scope_is_one() {
    let world = World::start().await;
    let mut officer = world.officer();
    let applied = date!(2024 - 01 - 05);
    let applicants =
        officer.applies(world.hanoi, applied, (11..14).map(person).collect()).await.expect("ok");
    let (union, act) = world.registry.founds(world.hanoi, FOUNDED, &applicants);
    assert_eq!(officer.counts(union, FOUNDED).await, 3);
    // One of them had gone on.
    officer.transfers(union, world.beta, JOINED, &applicants[..1]).await.expect("moved on");
    unfounds(&world, union, world.hanoi, act);
    assert_eq!(officer.counts(world.beta, NOW).await, 1);
    officer.admits(world.alpha, JOINED, vec![known(applicants[1])]).await.expect("admitted");
    let mut scopes: Vec<(Uuid, i64)> = sqlx::query_as(
        "select person_id, (select count(*) from person_scope(person_id)) from person",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("counted");
    scopes.retain(|(_, scopes)| *scopes != 1);
    assert_eq!(scopes, []);
    for person in &applicants {
        officer.sees(*person).await.expect("seen");
    }
    let outside = world.actor("nobody", "vi").sees(applicants[2]).await;
    assert_eq!(refused(outside).0, "PERMISSION_DENIED");
}
