use chassis::database::today;
use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::standings_at_random::told_on;
use crate::world::{Actor, World, admission, because, id, known, people, refused, texts};
use stage::registry::Members;

const JOINED: Date = date!(2020 - 03 - 01);
const BEGUN: Date = date!(2021 - 03 - 31);
const LATER: Date = date!(2021 - 09 - 01);

fn dormancy(union: Uuid, on: Date, persons: &[Uuid]) -> pb::MakeDormantRequest {
    pb::MakeDormantRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        reason: pb::DormancyReason::JobLost.into(),
        effective_on: Some(civil(on)),
        person_ids: texts(persons),
        ..Default::default()
    }
}

fn parking(union: Uuid, host: Uuid, on: Date, persons: &[Uuid]) -> pb::ParkMembersRequest {
    pb::ParkMembersRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        host_organisation_id: host.to_string(),
        effective_on: Some(civil(on)),
        person_ids: texts(persons),
        ..Default::default()
    }
}

fn naming(union: Uuid, on: Date, persons: &[Uuid]) -> pb::NameHonoraryMembersRequest {
    pb::NameHonoraryMembersRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        effective_on: Some(civil(on)),
        person_ids: texts(persons),
        ..Default::default()
    }
}

async fn dorms(
    actor: &mut Actor,
    request: pb::MakeDormantRequest,
) -> Result<pb::MakeDormantResponse, Status> {
    Ok(actor.standings.make_dormant(request).await?.into_inner())
}

async fn returns(
    actor: &mut Actor,
    union: Uuid,
    on: Date,
    persons: &[Uuid],
) -> Result<i32, Status> {
    let request = pb::EndDormancyRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: union.to_string(),
        effective_on: Some(civil(on)),
        person_ids: texts(persons),
        ..Default::default()
    };
    Ok(actor.standings.end_dormancy(request).await?.into_inner().members)
}

fn list(union: Uuid, kind: pb::StandingKind, on: Date) -> pb::ListStandingsRequest {
    pb::ListStandingsRequest {
        organisation_id: union.to_string(),
        kind: kind.into(),
        as_of: Some(civil(on)),
        ..Default::default()
    }
}

async fn stand(actor: &mut Actor, request: pb::ListStandingsRequest) -> Vec<Uuid> {
    let answer = actor.standings.list_standings(request).await.expect("listed").into_inner();
    answer.standings.iter().map(|one| id(&one.person_id)).collect()
}

async fn count(
    actor: &mut Actor,
    union: Uuid,
    on: Date,
    known_at: Option<OffsetDateTime>,
) -> pb::count_members_response::Count {
    let request = pb::CountMembersRequest {
        organisation_ids: vec![union.to_string()],
        as_of: Some(civil(on)),
        known_at: known_at.map(instant),
    };
    let answer = actor.members.count_members(request).await.expect("counted").into_inner();
    answer.counts.into_iter().next().expect("one")
}

#[tokio::test]
async fn who_is_dormant_is_a_member_until_she_is_back_or_ended() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(4)).await.expect("admitted");
    let before = OffsetDateTime::now_utc();
    let dormant = dorms(&mut officer, dormancy(world.alpha, BEGUN, &persons[..3])).await;
    let dormant = dormant.expect("dormant");
    // The rule: twelve months from the day on which the job was lost.
    assert_eq!(dormant.due_on, Some(civil(date!(2022 - 03 - 31))));
    let now = count(&mut officer, world.alpha, LATER, None).await;
    assert_eq!((now.members, now.dormant), (4, 3));
    let then = count(&mut officer, world.alpha, LATER, Some(before)).await;
    assert_eq!((then.members, then.dormant), (4, 0));

    assert_eq!(returns(&mut officer, world.alpha, LATER, &persons[..1]).await.expect("back"), 1);
    let again = returns(&mut officer, world.alpha, LATER, &persons[..1]).await;
    assert_eq!(refused(again), because("STANDING_NOT_ACTIVE", "person_ids[0]"));
    let awake = returns(&mut officer, world.alpha, LATER, &persons[3..]).await;
    assert_eq!(refused(awake), because("STANDING_NOT_ACTIVE", "person_ids[0]"));
    let retired = pb::ExitReason::Retired;
    officer.exits(world.alpha, retired, LATER, &persons[1..2]).await.expect("left");
    let now = count(&mut officer, world.alpha, LATER, None).await;
    assert_eq!((now.members, now.dormant), (3, 1));
    let eve = count(&mut officer, world.alpha, LATER - Duration::DAY, None).await;
    assert_eq!((eve.members, eve.dormant), (4, 3));

    // Who has to come back or be ended by then.
    let due = |by: Date| pb::ListStandingsRequest {
        due_by: Some(civil(by)),
        ..list(world.alpha, pb::StandingKind::Dormant, date!(2022 - 06 - 01))
    };
    assert_eq!(stand(&mut officer, due(date!(2022 - 03 - 31))).await, &persons[2..3]);
    assert!(stand(&mut officer, due(date!(2022 - 03 - 30))).await.is_empty());
    let as_known = pb::ListStandingsRequest {
        known_at: Some(instant(before)),
        ..list(world.alpha, pb::StandingKind::Dormant, LATER)
    };
    assert!(stand(&mut officer, as_known).await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn the_dormant_go_with_their_union_and_where_they_are_transferred() {
    let world = World::start().await;
    let mut officer = world.national();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    dorms(&mut officer, dormancy(world.alpha, BEGUN, &persons)).await.expect("dormant");
    officer.transfers(world.alpha, world.gamma, LATER, &persons[..1]).await.expect("moved");
    world.registry.ends(LATER, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.beta, LATER).await, 1);
    for union in [world.gamma, world.beta] {
        let now = count(&mut officer, union, LATER, None).await;
        assert_eq!((now.members, now.dormant), (1, 1));
    }
    assert_eq!(count(&mut officer, world.alpha, LATER, None).await.dormant, 0);
    let told = world.published().await;
    for (union, day, people) in [
        (world.alpha, BEGUN, 2),
        (world.alpha, LATER, 0),
        (world.beta, LATER, 1),
        (world.gamma, LATER, 1),
    ] {
        assert_eq!(told_on(&told, pb::StandingKind::Dormant, union, day), people);
    }
    // Where she is counted now, she comes back.
    returns(&mut officer, world.gamma, today(), &persons[..1]).await.expect("back");
    assert_eq!(count(&mut officer, world.gamma, today(), None).await.dormant, 0);
    world.stop().await;
}

#[tokio::test]
async fn for_how_long_the_rule_says_or_somebody_expects() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let asked = |reason: pb::DormancyReason, until: Option<Date>| pb::MakeDormantRequest {
        reason: reason.into(),
        expected_until: until.map(civil),
        ..dormancy(world.alpha, BEGUN, &persons[..1])
    };
    use pb::DormancyReason as Why;
    let too_long = asked(Why::JobLost, Some(date!(2022 - 04 - 01)));
    let too_long = dorms(&mut officer, too_long).await;
    assert_eq!(refused(too_long), because("DORMANT_TOO_LONG", "expected_until"));
    let endless = dorms(&mut officer, asked(Why::ContractSuspended, None)).await;
    assert_eq!(refused(endless), because("FIELD_REQUIRED", "expected_until"));
    let none = dorms(&mut officer, asked(Why::Illness, Some(BEGUN))).await;
    assert_eq!(refused(none), because("EXPECTED_END_TOO_EARLY", "expected_until"));
    let wrong = pb::MakeDormantRequest { reason: 9, ..asked(Why::Other, None) };
    assert_eq!(refused(dorms(&mut officer, wrong).await), because("ENUM_VALUE_UNKNOWN", "reason"));
    let early = dormancy(world.alpha, date!(2020 - 02 - 01), &persons);
    let early = dorms(&mut officer, early).await;
    assert_eq!(refused(early), because("MEMBERSHIP_NOT_ACTIVE", "person_ids[0]"));
    let done = dorms(&mut officer, asked(Why::ContractSuspended, Some(LATER))).await;
    assert_eq!(done.expect("dormant").due_on, Some(civil(LATER)));
    let twice = dorms(&mut officer, dormancy(world.alpha, BEGUN, &persons)).await;
    assert_eq!(refused(twice), because("STANDING_ACTIVE", "person_ids[0]"));
    world.stop().await;
}

#[tokio::test]
async fn who_is_parked_is_counted_at_home_and_listed_where_she_takes_part() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.registry.grants("hue", "OFFICER", world.hue);
    let mut hue = world.actor("hue", "vi");
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let same = officer.standings.park_members(parking(world.alpha, world.alpha, BEGUN, &persons));
    assert_eq!(refused(same.await), because("TRANSFER_TO_SAME", "to_organisation_id"));
    let parked = parking(world.alpha, world.gamma, BEGUN, &persons);
    officer.standings.park_members(parked).await.expect("parked");
    let twice = officer.standings.park_members(parking(world.alpha, world.beta, LATER, &persons));
    assert_eq!(refused(twice.await), because("STANDING_ACTIVE", "person_ids[0]"));
    let home = count(&mut officer, world.alpha, LATER, None).await;
    assert_eq!((home.members, home.parked, home.hosted), (2, 2, 0));
    let host = count(&mut hue, world.gamma, LATER, None).await;
    assert_eq!((host.members, host.parked, host.hosted), (0, 0, 2));
    let hosted = pb::ListStandingsRequest {
        hosted: true,
        ..list(world.gamma, pb::StandingKind::Parked, LATER)
    };
    assert_eq!(stand(&mut hue, hosted.clone()).await, persons);
    let at_home = list(world.alpha, pb::StandingKind::Parked, LATER);
    assert_eq!(stand(&mut officer, at_home).await, persons);
    let foreign = hue.standings.list_standings(list(world.alpha, pb::StandingKind::Parked, LATER));
    assert_eq!(refused(foreign.await).0, "ORGANISATION_UNKNOWN");

    let back = pb::EndParkingRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: world.alpha.to_string(),
        effective_on: Some(civil(LATER)),
        person_ids: texts(&persons[..1]),
        ..Default::default()
    };
    officer.standings.end_parking(back).await.expect("back");
    assert_eq!(stand(&mut hue, hosted).await, &persons[1..]);

    // Directly under a superior she is a member as anywhere else.
    let direct = officer.admits(world.hanoi, JOINED, people(1)).await.expect("admitted");
    let under = count(&mut officer, world.hanoi, LATER, None).await;
    assert_eq!(under.members, 1);
    let parked = parking(world.hanoi, world.beta, BEGUN, &direct);
    officer.standings.park_members(parked).await.expect("parked at the nearest union");
    assert_eq!(count(&mut officer, world.beta, LATER, None).await.hosted, 1);
    world.stop().await;
}

#[tokio::test]
async fn an_honorary_member_is_no_member_and_is_none_once_she_is_one() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(3)).await.expect("admitted");
    let manager = pb::ExitReason::BecameManager;
    let still = officer.standings.name_honorary_members(naming(world.alpha, BEGUN, &persons));
    assert_eq!(refused(still.await), because("MEMBERSHIP_ACTIVE", "person_ids[0]"));
    officer.exits(world.alpha, manager, BEGUN, &persons).await.expect("left");
    let stranger = naming(world.alpha, BEGUN, &[Uuid::now_v7()]);
    let stranger = officer.standings.name_honorary_members(stranger).await;
    assert_eq!(refused(stranger), because("PERSON_UNKNOWN", "person_ids[0]"));
    let named = officer.standings.name_honorary_members(naming(world.alpha, BEGUN, &persons));
    named.await.expect("named");
    let now = count(&mut officer, world.alpha, LATER, None).await;
    assert_eq!((now.members, now.honorary), (0, 3));
    let listed = list(world.alpha, pb::StandingKind::Honorary, LATER);
    assert_eq!(stand(&mut officer, listed).await, persons);

    let request = pb::AdmitMembersRequest {
        kind: pb::AdmissionKind::Readmitted.into(),
        ..admission(world.alpha, LATER, vec![known(persons[0])])
    };
    let readmitted = officer.members.admit_members(request).await.expect("readmitted");
    let now = count(&mut officer, world.alpha, LATER, None).await;
    assert_eq!((now.members, now.honorary), (1, 2));
    // It was a mistake: she was an honorary member all along.
    officer.undoes(&readmitted.into_inner().admission_id, &[]).await.expect("undone");
    assert_eq!(count(&mut officer, world.alpha, LATER, None).await.honorary, 3);
    let dies = pb::EndHonoraryMembershipsRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: world.alpha.to_string(),
        effective_on: Some(civil(LATER)),
        person_ids: texts(&persons[..1]),
        ..Default::default()
    };
    officer.standings.end_honorary_memberships(dies).await.expect("ended");
    assert_eq!(count(&mut officer, world.alpha, LATER, None).await.honorary, 2);
    world.stop().await;
}

#[tokio::test]
async fn a_standing_is_corrected_and_undone_and_figures_follow() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let begun = dorms(&mut officer, dormancy(world.alpha, BEGUN, &persons)).await.expect("dormant");
    let correction =
        |on: Option<Date>, ended_on: Option<Date>, persons: &[Uuid]| pb::CorrectStandingRequest {
            request_id: Uuid::new_v4().to_string(),
            standing_id: begun.standing_id.clone(),
            person_ids: texts(persons),
            reason: "ghi nhầm ngày".to_string(),
            effective_on: on.map(civil),
            ended_on: ended_on.map(civil),
            ..Default::default()
        };
    let known = OffsetDateTime::now_utc();
    let earlier = date!(2021 - 01 - 15);
    let moved = correction(Some(earlier), None, &persons[..1]);
    officer.corrections.correct_standing(moved).await.expect("corrected");
    for (at, on, dormant) in
        [(None, earlier, 1), (None, BEGUN, 2), (Some(known), earlier, 0), (Some(known), BEGUN, 2)]
    {
        assert_eq!(count(&mut officer, world.alpha, on, at).await.dormant, dormant);
    }
    let told = world.published().await;
    assert_eq!(told_on(&told, pb::StandingKind::Dormant, world.alpha, earlier), 1);
    // The rule goes by the first day, as it is known now.
    let due = pb::ListStandingsRequest {
        due_by: Some(civil(date!(2022 - 01 - 15))),
        ..list(world.alpha, pb::StandingKind::Dormant, LATER)
    };
    assert_eq!(stand(&mut officer, due).await, &persons[..1]);

    for (wrong, reason, field) in [
        (
            correction(Some(earlier), None, &persons[..1]),
            "CORRECTION_CHANGES_NOTHING",
            "standing_id",
        ),
        (correction(None, Some(LATER), &persons), "STANDING_NOT_ACTIVE", "ended_on"),
        (
            correction(Some(date!(2020 - 01 - 01)), None, &persons),
            "MEMBERSHIP_NOT_ACTIVE",
            "person_ids[0]",
        ),
    ] {
        let refusal = officer.corrections.correct_standing(wrong).await;
        assert_eq!(refused(refusal), because(reason, field));
    }
    returns(&mut officer, world.alpha, LATER, &persons).await.expect("back");
    let later_back = correction(None, Some(LATER + Duration::days(9)), &persons);
    officer.corrections.correct_standing(later_back).await.expect("corrected");
    assert_eq!(count(&mut officer, world.alpha, LATER, None).await.dormant, 2);
    let before_it = correction(None, Some(date!(2021 - 01 - 01)), &persons);
    let refusal = officer.corrections.correct_standing(before_it).await;
    assert_eq!(refused(refusal), because("EXPECTED_END_TOO_EARLY", "ended_on"));

    let undo = pb::UndoStandingRequest {
        request_id: Uuid::new_v4().to_string(),
        standing_id: begun.standing_id.clone(),
        person_ids: texts(&persons[..1]),
        reason: "ghi nhầm người".to_string(),
        ..Default::default()
    };
    officer.corrections.undo_standing(undo.clone()).await.expect("undone");
    assert_eq!(count(&mut officer, world.alpha, BEGUN, None).await.dormant, 1);
    let again = pb::UndoStandingRequest { request_id: Uuid::new_v4().to_string(), ..undo };
    let again = officer.corrections.undo_standing(again).await;
    assert_eq!(refused(again), because("STANDING_NOT_ACTIVE", "person_ids[0]"));
    let corrections =
        pb::ListCorrectionsRequest { about_id: begun.standing_id.clone(), ..Default::default() };
    let listed = officer.corrections.list_corrections(corrections).await.expect("listed");
    assert_eq!(listed.into_inner().corrections.len(), 3);

    // Her sex is known otherwise: what was told of her standing is told anew.
    let sex = pb::CorrectPersonRequest { sex: Some(pb::Sex::Male.into()), ..Default::default() };
    officer.corrects_person(persons[1], sex).await.expect("corrected");
    let told = world.published().await;
    assert_eq!(told_on(&told, pb::StandingKind::Dormant, world.alpha, BEGUN), 1);
    world.stop().await;
}
