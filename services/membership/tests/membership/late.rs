//! Papers that come late, ends that are still to come, and ends for days that have passed: who
//! is a member where follows from what was decided, in whatever order it becomes known.

use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use proto::registry::v1::organisation_timeline::Period;
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{ActsUndone, OrganisationTimeline, TimelinesCorrected};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, ORIGIN, World, because, id, known, people, refused, texts};
use stage::registry::Members;

const JOINED: Date = date!(2024 - 02 - 01);
const END: Date = date!(2024 - 06 - 01);
const LATER: Date = date!(2024 - 09 - 01);

fn life(union: Uuid, superior: Uuid) -> OrganisationTimeline {
    let period = |value: &str| Period {
        from_on: Some(civil(ORIGIN)),
        until_on: None,
        value: value.to_string(),
    };
    OrganisationTimeline {
        organisation_id: union.to_string(),
        exists: true,
        founded_on: Some(civil(ORIGIN)),
        superiors: vec![period(&superior.to_string())],
        types: vec![period("CDCS")],
        statuses: vec![period("ACTIVE")],
        ..OrganisationTimeline::default()
    }
}

fn undoes(world: &World, act: Uuid, union: Uuid, superior: Uuid) -> Uuid {
    world.registry.acts(
        LATER,
        vec![
            What::TimelinesCorrected(TimelinesCorrected { timelines: vec![life(union, superior)] }),
            What::ActsUndone(ActsUndone { act_ids: vec![act.to_string()] }),
        ],
    )
}

async fn consequences(actor: &mut Actor, finished: bool) -> Vec<pb::Consequence> {
    let request = pb::ListConsequencesRequest { include_finished: finished, ..Default::default() };
    actor.consequences.list_consequences(request).await.expect("listed").into_inner().consequences
}

async fn mends(actor: &mut Actor, of: &pb::Consequence) -> pb::MendConsequenceResponse {
    let request = pb::MendConsequenceRequest {
        request_id: Uuid::new_v4().to_string(),
        registry_act_id: of.registry_act_id.clone(),
        organisation_id: of.organisation_id.clone(),
        person_ids: of.passed_over.iter().map(|one| one.person_id.clone()).collect(),
        ..Default::default()
    };
    actor.consequences.mend_consequence(request).await.expect("mended").into_inner()
}

/// No stay lasts in a union that does not exist, unless a consequence says so.
async fn nobody_is_in_what_does_not_exist(world: &World) {
    let within: i64 = sqlx::query_scalar(
        "select count(*) from membership join organisation using (organisation_id)
         where never_existed or (ended_on is not null
               and (until_on is null or until_on > ended_on) and not isempty(
                   daterange(from_on, until_on)))",
    )
    .fetch_one(&mut world.look().await)
    .await
    .expect("counted");
    assert_eq!(within, 0, "members of what does not exist");
}

#[tokio::test]
async fn what_is_dated_before_an_end_that_is_still_to_come_is_allowed() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let end = date!(2027 - 01 - 01);
    world.registry.ends(end, &[(world.alpha, Members::Rehomed(world.beta))]);
    let today = date!(2026 - 11 - 28);
    assert_eq!(national.counts(world.beta, end).await, 3);

    // Somebody is admitted, somebody retires and somebody moves before the end.
    let new = national.admits(world.alpha, today, people(1)).await.expect("admitted");
    let retires = date!(2026 - 12 - 15);
    let retired = pb::ExitReason::Retired;
    national.exits(world.alpha, retired, retires, &members[..1]).await.expect("retires");
    let moves = date!(2026 - 12 - 01);
    national.transfers(world.alpha, world.gamma, moves, &members[1..2]).await.expect("moves");
    assert_eq!(national.counts(world.alpha, today).await, 4);
    assert_eq!(national.counts(world.alpha, moves).await, 3);
    assert_eq!(national.counts(world.alpha, retires).await, 2);
    assert_eq!(national.counts(world.alpha, end).await, 0);
    assert_eq!(national.counts(world.beta, end).await, 2);
    assert_eq!(national.counts(world.gamma, end).await, 1);
    let history = national.sees(new[0]).await.expect("seen").memberships;
    assert_eq!(history.len(), 2);
    nobody_is_in_what_does_not_exist(&world).await;
    let [end_of_alpha] = &consequences(&mut national, true).await[..] else { panic!("one") };
    assert_eq!(end_of_alpha.members, 2);

    // What was decided later still rules out what comes before it.
    let again = national.exits(world.alpha, retired, today, &members[1..2]).await;
    assert_eq!(refused(again), because("MOVEMENT_LATER", "person_ids[0]"));
    // On the day of the end it no longer exists.
    let late = national.admits(world.alpha, end, people(1)).await;
    assert_eq!(refused(late).0, "ORGANISATION_ENDED");
}

#[tokio::test]
async fn a_suspension_to_come_forbids_nothing_before_it() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.registry.suspends(world.alpha, LATER);
    officer.admits(world.alpha, END, people(1)).await.expect("before it");
    let during = officer.admits(world.alpha, LATER, people(1)).await;
    assert_eq!(refused(during).0, "ORGANISATION_SUSPENDED");
}

#[tokio::test]
async fn late_paper_is_booked_to_the_union_of_that_day_and_goes_where_the_others_went() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let act = world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    let paper = date!(2024 - 04 - 01);
    let late = national.admits(world.alpha, paper, people(2)).await.expect("late paper");
    national.exits(world.alpha, pb::ExitReason::Died, paper, &members[..1]).await.expect("left");
    national.transfers(world.gamma, world.alpha, paper, &[]).await.expect_err("nobody");
    let from_gamma = national.admits(world.gamma, JOINED, people(1)).await.expect("admitted");
    national.transfers(world.gamma, world.alpha, paper, &from_gamma).await.expect("late paper");

    assert_eq!(national.counts(world.alpha, paper).await, 5);
    assert_eq!(national.counts(world.alpha, END).await, 0);
    assert_eq!(national.counts(world.beta, END).await, 5);
    assert_eq!(national.counts(world.gamma, END).await, 0);
    for person in late.iter().chain(&from_gamma) {
        let history = national.sees(*person).await.expect("seen").memberships;
        let last = history.last().expect("a stay");
        assert_eq!(id(&last.organisation_id), world.beta);
        assert_eq!(last.from_on, Some(civil(END)));
    }
    // A change says so, and names the act.
    let moved = world
        .published()
        .await
        .into_iter()
        .filter_map(|(_, on, change, _)| match change {
            Published::MembersTransferred(moved) if on == END => Some(moved),
            _ => None,
        })
        .filter(|moved| moved.registry_act_id == act.to_string())
        .map(|moved| moved.lines.len())
        .sum::<usize>();
    assert_eq!(moved, 6, "three with the end, two and one late; one of them taken back");
    nobody_is_in_what_does_not_exist(&world).await;
}

#[tokio::test]
async fn an_end_known_late_takes_along_who_left_after_it() {
    for (goes, stock_of_beta) in [(true, 1), (false, 0)] {
        let world = World::start().await;
        let mut national = world.national();
        let members = national.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
        let retired = pb::ExitReason::Retired;
        national.exits(world.alpha, retired, LATER, &members[..1]).await.expect("left");
        let to = if goes { Members::Rehomed(world.beta) } else { Members::Ended };
        let act = world.registry.ends(END, &[(world.alpha, to)]);
        let between = date!(2024 - 08 - 15);
        assert_eq!(national.counts(world.alpha, between).await, 0, "in a dissolved union");
        assert_eq!(national.counts(world.beta, between).await, 2 * stock_of_beta);
        assert_eq!(national.counts(world.beta, LATER).await, stock_of_beta);
        let history = national.sees(members[0]).await.expect("seen").memberships;
        let reason = if goes { retired } else { pb::ExitReason::UnionEnded };
        assert_eq!(history.last().map(|stay| stay.exit_reason()), Some(reason));
        nobody_is_in_what_does_not_exist(&world).await;
        let listed = consequences(&mut national, true).await;
        let [done] = &listed[..] else { panic!("one consequence, not {listed:?}") };
        assert!(done.finished_at.is_some());
        assert_eq!(done.passed_over_count, 1);
        assert_eq!(done.passed_over[0].obstacle(), pb::Obstacle::MovementRestated);
        assert_eq!(id(&done.passed_over[0].person_id), members[0]);

        // Without the end all is as it was decided.
        undoes(&world, act, world.alpha, world.hanoi);
        assert_eq!(national.counts(world.alpha, between).await, 2);
        assert_eq!(national.counts(world.alpha, LATER).await, 1);
        assert_eq!(national.counts(world.beta, between).await, 0);
        let history = national.sees(members[0]).await.expect("seen").memberships;
        assert_eq!(history.len(), 1);
        assert_eq!(history[0].exit_reason(), retired);
        assert_eq!(history[0].until_on, Some(civil(LATER)));
    }
}

#[tokio::test]
async fn whoever_joined_after_an_end_that_is_told_late_joined_where_it_goes_on() {
    let world = World::start().await;
    let mut national = world.national();
    let joined = national.admits(world.alpha, LATER, people(2)).await.expect("admitted");
    let moved = national.admits(world.gamma, JOINED, people(1)).await.expect("admitted");
    national.transfers(world.gamma, world.alpha, LATER, &moved).await.expect("moved");
    let act = world.registry.ends(END, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(national.counts(world.beta, LATER).await, 3);
    for person in joined.iter().chain(&moved) {
        let history = national.sees(*person).await.expect("seen").memberships;
        assert!(history.iter().all(|stay| stay.organisation_id != world.alpha.to_string()));
        assert!(history.iter().all(|stay| stay.from_on != stay.until_on), "no stay of no days");
    }
    undoes(&world, act, world.alpha, world.hanoi);
    assert_eq!(national.counts(world.alpha, LATER).await, 3);
    assert_eq!(national.counts(world.beta, LATER).await, 0);
}

#[tokio::test]
async fn whoever_joined_after_an_end_of_all_memberships_has_no_place_and_is_listed() {
    let world = World::start().await;
    let mut national = world.national();
    let joined = national.admits(world.alpha, LATER, people(1)).await.expect("admitted");
    let moved = national.admits(world.gamma, JOINED, people(1)).await.expect("admitted");
    national.transfers(world.gamma, world.alpha, LATER, &moved).await.expect("moved");
    world.registry.ends(END, &[(world.alpha, Members::Ended)]);
    assert_eq!(national.counts(world.alpha, LATER).await, 0);
    assert_eq!(national.counts(world.gamma, LATER).await, 1, "she stays where she was");
    let listed = consequences(&mut national, true).await;
    let obstacles: Vec<(Uuid, pb::Obstacle)> =
        listed[0].passed_over.iter().map(|one| (id(&one.person_id), one.obstacle())).collect();
    let mut expected =
        vec![(joined[0], pb::Obstacle::NoPlace), (moved[0], pb::Obstacle::MovementRestated)];
    expected.sort();
    assert_eq!(obstacles, expected);
    national.admits(world.beta, LATER, vec![known(joined[0])]).await.expect("elsewhere");
}

#[tokio::test]
async fn a_transfer_from_a_union_whose_end_had_ended_membership_is_left_listed_and_mended() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    national.transfers(world.alpha, world.gamma, LATER, &members[..1]).await.expect("moved");
    world.registry.ends(END, &[(world.alpha, Members::Ended)]);
    assert_eq!(national.counts(world.alpha, END).await, 1);
    let unfinished = consequences(&mut national, false).await;
    let [left] = &unfinished[..] else { panic!("one consequence, not {unfinished:?}") };
    assert_eq!((left.obstacle(), left.members), (pb::Obstacle::LaterMovement, 1));
    let one = &left.passed_over[0];
    assert_eq!((id(&one.person_id), one.remedy()), (members[0], pb::Remedy::MendConsequence));
    assert_eq!(one.permission, "membership.consequence.mend");
    let mut needed = texts(&[world.alpha, world.gamma]);
    needed.sort_unstable();
    let mut told = one.organisation_ids.clone();
    told.sort_unstable();
    assert_eq!(told, needed);

    // Whoever has only one of the unions in scope cannot.
    let request = pb::MendConsequenceRequest {
        request_id: Uuid::new_v4().to_string(),
        registry_act_id: left.registry_act_id.clone(),
        organisation_id: left.organisation_id.clone(),
        person_ids: vec![one.person_id.clone()],
        ..Default::default()
    };
    let refusal = world.officer().consequences.mend_consequence(request.clone()).await;
    assert_eq!(refused(refusal).0, "ORGANISATION_UNKNOWN");
    let strange = pb::MendConsequenceRequest {
        registry_act_id: Uuid::now_v7().to_string(),
        ..request.clone()
    };
    let refusal = national.consequences.mend_consequence(strange).await;
    assert_eq!(refused(refusal).0, "CONSEQUENCE_UNKNOWN");

    let mended = mends(&mut national, left).await;
    assert_eq!((mended.members, mended.left), (1, 0));
    assert!(consequences(&mut national, false).await.is_empty());
    assert_eq!(national.counts(world.alpha, END).await, 0);
    assert_eq!(national.counts(world.gamma, LATER).await, 1);
    let history = national.sees(members[0]).await.expect("seen").memberships;
    assert_eq!(history[0].exit_reason(), pb::ExitReason::UnionEnded);
    assert_eq!(history[1].admission_kind(), pb::AdmissionKind::Readmitted);
    let again = pb::MendConsequenceRequest { request_id: Uuid::new_v4().to_string(), ..request };
    let refusal = national.consequences.mend_consequence(again).await;
    assert_eq!(refused(refusal), because("PERSON_NOT_PASSED_OVER", "person_ids[0]"));
    nobody_is_in_what_does_not_exist(&world).await;
}

#[tokio::test]
async fn members_who_joined_elsewhere_before_their_end_was_undone_are_listed_and_mended() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, JOINED, people(25)).await.expect("admitted");
    let act = world.registry.ends(END, &[(world.alpha, Members::Ended)]);
    let lines = members.iter().map(|person| known(*person)).collect();
    national.admits(world.gamma, LATER, lines).await.expect("joined elsewhere");
    // Whoever thinks of undoing it can ask whom that would pass over.
    let request = pb::ListLaterMovementsRequest {
        registry_act_ids: vec![act.to_string()],
        page_size: 10,
        ..Default::default()
    };
    let told = national.consequences.list_later_movements(request).await.expect("told");
    let told = told.into_inner();
    assert_eq!((told.movements.len(), told.counts[0].people), (10, 25));
    assert_eq!(told.movements[0].to_organisation_id, world.gamma.to_string());
    assert_eq!(told.movements[0].leaves_on, Some(civil(LATER)));
    let undoing = undoes(&world, act, world.alpha, world.hanoi);
    let unfinished = consequences(&mut national, false).await;
    let [left] = &unfinished[..] else { panic!("one consequence, not {unfinished:?}") };
    assert_eq!((left.passed_over_count, left.passed_over.len()), (25, 20), "bounded");
    assert_eq!(left.registry_act_id, undoing.to_string());

    // The rest is read page by page.
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListPassedOverRequest {
            registry_act_id: left.registry_act_id.clone(),
            organisation_id: left.organisation_id.clone(),
            exclude_mended: true,
            page_size: 10,
            page_token,
        };
        let page = national.consequences.list_passed_over(request).await.expect("listed");
        let page = page.into_inner();
        all.extend(page.passed_over.iter().map(|one| id(&one.person_id)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let mut expected = members.clone();
    expected.sort_unstable();
    assert_eq!(all, expected);

    let whole = pb::MendConsequenceRequest {
        request_id: Uuid::new_v4().to_string(),
        registry_act_id: left.registry_act_id.clone(),
        organisation_id: left.organisation_id.clone(),
        person_ids: texts(&all),
        ..Default::default()
    };
    let mended = national.consequences.mend_consequence(whole).await.expect("mended");
    assert_eq!(mended.into_inner().left, 0);
    assert_eq!(national.counts(world.alpha, LATER - Duration::DAY).await, 25);
    assert_eq!(national.counts(world.alpha, LATER).await, 0);
    assert_eq!(national.counts(world.gamma, LATER).await, 25);
    assert!(consequences(&mut national, false).await.is_empty());
}

#[tokio::test]
async fn whom_an_end_would_concern_besides_is_told_before_it() {
    let world = World::start().await;
    let mut national = world.national();
    let members = national.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let retired = pb::ExitReason::Retired;
    national.exits(world.alpha, retired, LATER, &members[..1]).await.expect("left");
    national.transfers(world.alpha, world.gamma, LATER, &members[1..2]).await.expect("moved");
    let joins = national.admits(world.alpha, LATER, people(1)).await.expect("admitted");
    let request = pb::ListLaterMovementsRequest {
        organisation_ids: texts(&[world.alpha, world.beta]),
        ended_on: Some(civil(END)),
        ..Default::default()
    };
    let told = national.consequences.list_later_movements(request).await.expect("told");
    let told = told.into_inner();
    assert_eq!(told.counts.len(), 1);
    assert_eq!(told.counts[0].people, 3);
    let of = |person: Uuid| {
        let found = told.movements.iter().find(|one| id(&one.person_id) == person);
        found.map(|one| (one.joins_on, one.leaves_on, one.to_organisation_id.clone()))
    };
    let later = Some(civil(LATER));
    assert_eq!(of(members[0]), Some((None, later, String::new())));
    assert_eq!(of(members[1]), Some((None, later, world.gamma.to_string())));
    assert_eq!(of(members[2]), None);
    assert_eq!(of(joins[0]), Some((later, None, String::new())));
}

#[tokio::test]
async fn who_had_come_before_a_union_existed_as_is_known_later_comes_on_its_first_day() {
    let world = World::start().await;
    let mut national = world.national();
    let founded = date!(2024 - 01 - 10);
    let (union, _) = world.registry.founds(world.hanoi, founded, &[]);
    let admitted = national.admits(union, JOINED, people(3)).await.expect("admitted");
    let moved = national.admits(world.beta, JOINED, people(1)).await.expect("admitted");
    let then = date!(2024 - 03 - 01);
    national.transfers(world.beta, union, then, &moved).await.expect("moved");
    let left = date!(2024 - 04 - 01);
    let retired = pb::ExitReason::Retired;
    national.exits(union, retired, left, &admitted[..1]).await.expect("left");
    national.transfers(union, world.alpha, left, &admitted[2..]).await.expect("went on");
    let mut later = life(union, world.hanoi);
    later.founded_on = Some(civil(END));
    let correcting = world
        .registry
        .acts(END, vec![What::TimelinesCorrected(TimelinesCorrected { timelines: vec![later] })]);
    assert_eq!(national.counts(union, END).await, 2);
    assert_eq!(national.counts(world.beta, then).await, 1, "she stays until it exists");
    assert_eq!(national.counts(world.beta, END).await, 0);
    let unfinished = consequences(&mut national, false).await;
    let [postponed] = &unfinished[..] else { panic!("one consequence, not {unfinished:?}") };
    assert_eq!(postponed.kind(), pb::ConsequenceKind::MovementsPostponed);
    assert_eq!(postponed.registry_act_id, correcting.to_string());
    let listed = |obstacle: pb::Obstacle| {
        let of = |one: &&pb::consequence::PassedOver| one.obstacle() == obstacle;
        postponed.passed_over.iter().filter(of).map(|one| id(&one.person_id)).collect::<Vec<_>>()
    };
    let mut gone = vec![admitted[0], admitted[2]];
    gone.sort_unstable();
    assert_eq!(listed(pb::Obstacle::LaterMovement), gone);
    let mut restated = vec![admitted[1], moved[0]];
    restated.sort_unstable();
    assert_eq!(listed(pb::Obstacle::MovementRestated), restated);

    // Who had gone by then never was in it; who had gone on to another union joins that one.
    let mut left_over = postponed.clone();
    left_over.passed_over.retain(|one| one.obstacle() == pb::Obstacle::LaterMovement);
    assert_eq!(mends(&mut national, &left_over).await.left, 0);
    assert_eq!(national.counts(union, then).await, 0);
    assert_eq!(national.counts(union, END).await, 2);
    assert_eq!(national.counts(world.alpha, left).await, 1);
    assert!(consequences(&mut national, false).await.is_empty());

    // Founded earlier after all: everything is as it was decided.
    let mut earlier = life(union, world.hanoi);
    earlier.founded_on = Some(civil(founded));
    world.registry.acts(
        founded,
        vec![What::TimelinesCorrected(TimelinesCorrected { timelines: vec![earlier] })],
    );
    assert_eq!(national.counts(union, JOINED).await, 3);
    assert_eq!(national.counts(union, then).await, 4);
    assert_eq!(national.counts(union, left).await, 2);
}

#[tokio::test]
async fn who_joined_a_union_that_was_suspended_as_is_known_since_stays_and_is_listed() {
    let world = World::start().await;
    let mut national = world.national();
    let suspended = date!(2024 - 03 - 01);
    let before = national.admits(world.alpha, JOINED, people(1)).await.expect("admitted");
    let admitted = national.admits(world.alpha, END, people(2)).await.expect("admitted");
    let moved = national.admits(world.beta, JOINED, people(1)).await.expect("admitted");
    national.transfers(world.beta, world.alpha, END, &moved).await.expect("moved");
    let suspending = world.registry.suspends(world.alpha, suspended);
    // The other way round nobody is admitted.
    let refusal = national.admits(world.alpha, END, people(1)).await;
    assert_eq!(refused(refusal).0, "ORGANISATION_SUSPENDED");

    assert_eq!(national.counts(world.alpha, END).await, 4);
    let all = consequences(&mut national, true).await;
    let [joined] = &all[..] else { panic!("one consequence, not {all:?}") };
    assert_eq!(joined.kind(), pb::ConsequenceKind::JoinedWhileSuspended);
    assert_eq!(joined.registry_act_id, suspending.to_string());
    assert_eq!((joined.members, joined.passed_over_count), (3, 3));
    assert!(joined.finished_at.is_some(), "nothing comes of itself");
    let mut people: Vec<Uuid> = joined.passed_over.iter().map(|one| id(&one.person_id)).collect();
    people.sort_unstable();
    let mut expected = [admitted, moved].concat();
    expected.sort_unstable();
    assert_eq!(people, expected);
    assert!(!people.contains(&before[0]), "she had joined before");
    for one in &joined.passed_over {
        assert_eq!(one.obstacle(), pb::Obstacle::OrganisationSuspended);
        assert_eq!(one.remedy(), pb::Remedy::Unspecified);
    }
}

#[tokio::test]
async fn unions_and_acts_are_not_asked_about_at_once() {
    let world = World::start().await;
    let mut officer = world.officer();
    let request = pb::ListLaterMovementsRequest {
        organisation_ids: texts(&[world.alpha]),
        ended_on: Some(civil(date!(2020 - 03 - 01))),
        registry_act_ids: vec!["abc".to_string()],
        ..Default::default()
    };
    let answer = officer.consequences.list_later_movements(request.clone()).await;
    assert_eq!(refused(answer), because("QUESTION_AMBIGUOUS", "registry_act_ids"));
    let request =
        pb::ListLaterMovementsRequest { registry_act_ids: Vec::new(), page_size: -1, ..request };
    let answer = officer.consequences.list_later_movements(request).await;
    assert_eq!(refused(answer), because("NUMBER_NEGATIVE", "page_size"));
}
