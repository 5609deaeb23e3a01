use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{World, because, id, known, people, refused};

const DAY: Date = date!(2020 - 03 - 01);

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

fn attended(person: Uuid, union: Uuid, on: Date) -> pb::Attendance {
    pb::Attendance {
        person_id: person.to_string(),
        organisation_id: union.to_string(),
        attended_on: Some(civil(on)),
    }
}

fn course(world: &World, attendances: Vec<pb::Attendance>) -> pb::HoldTrainingCourseRequest {
    pb::HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        title: "Tập huấn Điều lệ".to_string(),
        topics: vec!["CHARTER".to_string(), "CHARTER_GUIDANCE".to_string()],
        starts_on: Some(civil(DAY)),
        ends_on: Some(civil(DAY + Duration::days(2))),
        attendances,
        ..Default::default()
    }
}

#[tokio::test]
async fn a_course_counts_people_once_and_attendances_each() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let mut attendances: Vec<_> =
        persons.iter().map(|person| attended(*person, world.alpha, DAY)).collect();
    attendances.push(attended(persons[0], world.alpha, DAY + Duration::DAY));
    let held = officer.training.hold_training_course(course(&world, attendances)).await;
    let held = held.expect("held").into_inner();
    assert_eq!((held.people, held.attendances), (3, 4));

    let get = pb::GetTrainingCourseRequest { course_id: held.course_id.clone(), known_at: None };
    let got = officer.training.get_training_course(get).await.expect("read").into_inner();
    assert_eq!(got.attendances.len(), 4);
    assert_eq!(got.course.expect("a course").title, "Tập huấn Điều lệ");
    let list = pb::ListTrainingCoursesRequest {
        organisation_id: world.hanoi.to_string(),
        ..Default::default()
    };
    let listed = officer.training.list_training_courses(list).await.expect("listed").into_inner();
    assert_eq!(listed.courses[0].course_id, held.course_id);
    let published = world.published().await;
    let Some((_, on, Published::TrainingCourseHeld(change), _)) = published.last() else {
        panic!("{published:?}")
    };
    assert_eq!((*on, change.attendances.len(), change.topics.len()), (DAY, 4, 2));
}

#[tokio::test]
async fn a_course_that_contradicts_itself_is_refused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(1)).await.expect("admitted");
    let line = attended(persons[0], world.alpha, DAY);
    let ok = course(&world, vec![line.clone()]);
    let cases = [
        (
            pb::HoldTrainingCourseRequest { topics: vec!["CHESS".into()], ..ok.clone() },
            because("TOPIC_UNKNOWN", "topics[0]"),
        ),
        (
            pb::HoldTrainingCourseRequest { topics: Vec::new(), ..ok.clone() },
            because("LINES_EMPTY", "topics"),
        ),
        (
            pb::HoldTrainingCourseRequest {
                ends_on: Some(civil(DAY - Duration::DAY)),
                ..ok.clone()
            },
            because("COURSE_DATES_MALFORMED", "ends_on"),
        ),
        (
            course(&world, vec![attended(persons[0], world.alpha, DAY + Duration::days(3))]),
            because("ATTENDANCE_OUTSIDE_COURSE", "attendances[0].attended_on"),
        ),
        (
            course(&world, vec![line.clone(), line.clone()]),
            because("ATTENDANCE_REPEATED", "attendances[1]"),
        ),
        (
            course(&world, vec![line.clone(), attended(Uuid::now_v7(), world.alpha, DAY)]),
            because("PERSON_UNKNOWN", "attendances[1].person_id"),
        ),
        (
            course(&world, vec![attended(persons[0], Uuid::now_v7(), DAY)]),
            because("ORGANISATION_UNKNOWN", "attendances[0].organisation_id"),
        ),
        (course(&world, Vec::new()), because("LINES_EMPTY", "attendances")),
    ];
    for (mut request, expected) in cases {
        request.request_id = request_id();
        assert_eq!(refused(officer.training.hold_training_course(request).await), expected);
    }
    let unknown =
        pb::GetTrainingCourseRequest { course_id: Uuid::now_v7().to_string(), known_at: None };
    assert_eq!(refused(officer.training.get_training_course(unknown).await).0, "COURSE_UNKNOWN");
}

#[tokio::test]
async fn referral_and_admission_to_the_party_are_two_milestones_of_one_case() {
    let world = World::start().await;
    let mut officer = world.officer();
    let member = officer.admits(world.alpha, DAY, people(1)).await.expect("admitted")[0];
    // A worker who is no member may be referred too.
    let mut lines = vec![known(member)];
    lines.extend(people(1));
    let refer = |lines: Vec<pb::PersonLine>, on: Date| pb::ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        referred_on: Some(civil(on)),
        lines,
        ..Default::default()
    };
    let answer = officer.party.refer_to_party(refer(lines, DAY)).await.expect("referred");
    let referrals = answer.into_inner().referrals;
    assert_eq!(referrals.len(), 2);
    assert_eq!(officer.counts(world.alpha, DAY).await, 1, "a referral makes nobody a member");
    let referral_ids: Vec<String> =
        referrals.iter().map(|referral| referral.referral_id.clone()).collect();
    let again = officer.party.refer_to_party(refer(vec![known(member)], DAY)).await;
    let again = again.expect("referred again").into_inner().referrals[0].referral_id.clone();

    let admit = |referral_ids: Vec<String>, on: Date| pb::AdmitToPartyRequest {
        request_id: request_id(),
        admitted_on: Some(civil(on)),
        referral_ids,
        ..Default::default()
    };
    let later = DAY + Duration::days(300);
    let early =
        officer.party.admit_to_party(admit(referral_ids.clone(), DAY - Duration::DAY)).await;
    assert_eq!(refused(early), because("PARTY_ADMISSION_TOO_EARLY", "referral_ids[0]"));
    let mut unknown = referral_ids.clone();
    unknown.push(Uuid::now_v7().to_string());
    let unknown = officer.party.admit_to_party(admit(unknown, later)).await;
    assert_eq!(refused(unknown), because("PARTY_REFERRAL_UNKNOWN", "referral_ids[2]"));
    let repeated = vec![again.clone(), again.clone()];
    let repeated = officer.party.admit_to_party(admit(repeated, later)).await;
    assert_eq!(refused(repeated), because("PARTY_REFERRAL_REPEATED", "referral_ids[1]"));

    let admitted = officer.party.admit_to_party(admit(referral_ids, later)).await;
    assert_eq!(admitted.expect("admitted").into_inner().admitted, 2);
    // Her other referral does not admit her twice, and nobody refers her any more.
    let twice = officer.party.admit_to_party(admit(vec![again], later)).await;
    assert_eq!(refused(twice), because("PARTY_ALREADY_ADMITTED", "referral_ids[0]"));
    let refer_again = officer.party.refer_to_party(refer(vec![known(member)], later)).await;
    assert_eq!(refused(refer_again), because("PARTY_ALREADY_ADMITTED", "lines[0].person_id"));

    let list = pb::ListPartyReferralsRequest {
        organisation_id: world.alpha.to_string(),
        ..Default::default()
    };
    let listed = officer.party.list_party_referrals(list).await.expect("listed").into_inner();
    let admitted: Vec<bool> =
        listed.referrals.iter().map(|referral| referral.admitted_on.is_some()).collect();
    assert_eq!(admitted, [true, true, false]);
    let published = world.published().await;
    let count = |wanted: fn(&Published) -> bool| {
        published.iter().filter(|(_, _, change, _)| wanted(change)).count()
    };
    assert_eq!(count(|change| matches!(change, Published::PartyReferred(_))), 3);
    assert_eq!(count(|change| matches!(change, Published::PartyAdmitted(_))), 2);
}

#[tokio::test]
async fn officers_are_recommended_with_their_purposes() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    let line = |person: Uuid, purposes: &[pb::CadrePurpose]| pb::recommend_cadre_request::Line {
        person_id: person.to_string(),
        purposes: purposes.iter().map(|purpose| i32::from(*purpose)).collect(),
    };
    let recommend = |lines| pb::RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: world.alpha.to_string(),
        recommended_on: Some(civil(DAY)),
        committee: "Huyện ủy Mỹ Đức".to_string(),
        lines,
        ..Default::default()
    };
    use pb::CadrePurpose::{Appointment, Planning, Training};
    let lines = vec![line(persons[0], &[Planning, Appointment]), line(persons[1], &[Training])];
    let answer = officer.cadre.recommend_cadre(recommend(lines)).await.expect("recommended");
    let ids = answer.into_inner().recommendation_ids;
    let list = pb::ListCadreRecommendationsRequest {
        organisation_id: world.alpha.to_string(),
        ..Default::default()
    };
    let listed = officer.cadre.list_cadre_recommendations(list).await.expect("listed").into_inner();
    assert_eq!(listed.recommendations[0].recommendation_id, ids[0]);
    let purposes: Vec<_> = listed.recommendations[0].purposes().collect();
    assert_eq!(purposes, [Planning, Appointment]);
    assert_eq!(listed.recommendations[1].committee, "Huyện ủy Mỹ Đức");

    for (lines, expected) in [
        (vec![line(persons[0], &[])], because("PURPOSE_MISSING", "lines[0].purposes")),
        (
            vec![line(persons[0], &[Planning, Planning])],
            because("PURPOSE_MISSING", "lines[0].purposes"),
        ),
        (
            vec![line(persons[0], &[Planning]), line(persons[0], &[Training])],
            because("PERSON_REPEATED", "lines[1].person_id"),
        ),
        (vec![line(Uuid::now_v7(), &[Planning])], because("PERSON_UNKNOWN", "lines[0].person_id")),
    ] {
        assert_eq!(refused(officer.cadre.recommend_cadre(recommend(lines)).await), expected);
    }
}

#[tokio::test]
async fn a_delegation_goes_to_an_event_of_another_organisation() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(4)).await.expect("admitted");
    let delegates: Vec<pb::Delegate> = persons
        .iter()
        .map(|person| pb::Delegate {
            person_id: person.to_string(),
            organisation_id: world.alpha.to_string(),
        })
        .collect();
    let send = |event: &str, host: Uuid, delegates| pb::SendDelegationRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        host_id: host.to_string(),
        event: event.to_string(),
        held_on: Some(civil(DAY)),
        criteria: "Cán bộ tiêu biểu".to_string(),
        occasion: "90 năm thành lập Đảng".to_string(),
        delegates,
        ..Default::default()
    };
    let event = "PARTY_MEMBER_OFFICERS_COMMENDATION";
    let sent = officer
        .delegations
        .send_delegation(send(event, world.confederation, delegates.clone()))
        .await
        .expect("the host need not lie in the scope");
    let delegation_id = sent.into_inner().delegation_id;
    let get = pb::GetDelegationRequest { delegation_id: delegation_id.clone(), known_at: None };
    let got = officer.delegations.get_delegation(get).await.expect("read").into_inner();
    assert_eq!((got.delegates.len(), got.event.as_str()), (4, event));
    assert_eq!(got.criteria, "Cán bộ tiêu biểu");
    assert_eq!(got.occasion, "90 năm thành lập Đảng");
    let published = world.published().await;
    let Some((_, _, Published::DelegationSent(change), _)) = published.last() else {
        panic!("{published:?}")
    };
    assert_eq!((change.delegates.len(), id(&change.host_id)), (4, world.confederation));

    let twice = vec![delegates[0].clone(), delegates[0].clone()];
    for (request, expected) in [
        (send("PARTY", world.hanoi, delegates.clone()), because("EVENT_UNKNOWN", "event")),
        (send(event, Uuid::now_v7(), delegates), because("ORGANISATION_UNKNOWN", "host_id")),
        (send(event, world.hanoi, twice), because("PERSON_REPEATED", "delegates[1].person_id")),
    ] {
        assert_eq!(refused(officer.delegations.send_delegation(request).await), expected);
    }
    let unknown =
        pb::GetDelegationRequest { delegation_id: Uuid::now_v7().to_string(), known_at: None };
    assert_eq!(refused(officer.delegations.get_delegation(unknown).await).0, "DELEGATION_UNKNOWN");
}
