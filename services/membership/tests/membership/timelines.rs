//! A person's timeline: all of it in order, page by page, and to each reader what she may know.

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, because, known, people, refused, texts};

const JOINED: Date = date!(2019 - 03 - 01);

fn request_id() -> String {
    Uuid::new_v4().to_string()
}

async fn timeline(
    actor: &mut Actor,
    person: Uuid,
    page_size: i32,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<(pb::TimelineKind, String)>, Status> {
    let mut request = pb::GetPersonTimelineRequest {
        person_id: person.to_string(),
        page_size,
        known_at: known_at.map(instant),
        ..Default::default()
    };
    let mut entries: Vec<pb::get_person_timeline_response::Entry> = Vec::new();
    loop {
        let page = actor.timelines.get_person_timeline(request.clone()).await?.into_inner();
        entries.extend(page.entries);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let day = |entry: &pb::get_person_timeline_response::Entry| {
        entry.on.map(|on| (on.year, on.month, on.day))
    };
    assert!(entries.is_sorted_by_key(day));
    Ok(entries.iter().map(|entry| (entry.kind(), entry.code.clone())).collect())
}

/// One of everything.
async fn lives(world: &World, officer: &mut Actor, person: Uuid) {
    let (alpha, line) = (world.alpha.to_string(), known(person));
    let course = pb::HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        title: "Tập huấn".to_string(),
        topics: vec!["CHARTER".to_string()],
        starts_on: Some(civil(date!(2019 - 05 - 01))),
        attendances: vec![pb::Attendance {
            person_id: person.to_string(),
            organisation_id: alpha.clone(),
            attended_on: None,
        }],
        ..Default::default()
    };
    officer.training.hold_training_course(course).await.expect("held");
    let refer = pb::ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        referred_on: Some(civil(date!(2019 - 06 - 01))),
        lines: vec![line.clone()],
        ..Default::default()
    };
    let referred = officer.party.refer_to_party(refer).await.expect("referred").into_inner();
    let admit = pb::AdmitToPartyRequest {
        request_id: request_id(),
        admitted_on: Some(civil(date!(2019 - 07 - 01))),
        referral_ids: vec![referred.referrals[0].referral_id.clone()],
        ..Default::default()
    };
    officer.party.admit_to_party(admit).await.expect("admitted");
    let recommend = pb::RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        recommended_on: Some(civil(date!(2019 - 08 - 01))),
        lines: vec![pb::recommend_cadre_request::Line {
            person_id: person.to_string(),
            purposes: vec![pb::CadrePurpose::Planning.into()],
        }],
        ..Default::default()
    };
    let recommended = officer.cadre.recommend_cadre(recommend).await.expect("recommended");
    let outcome = pb::RecordCadreOutcomesRequest {
        request_id: request_id(),
        recommendation_ids: recommended.into_inner().recommendation_ids,
        outcome: pb::CadrePurpose::Planning.into(),
        reached_on: Some(civil(date!(2019 - 09 - 01))),
        ..Default::default()
    };
    officer.cadre.record_cadre_outcomes(outcome).await.expect("recorded");
    let send = pb::SendDelegationRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        host_id: world.hanoi.to_string(),
        event: "CONFERENCE".to_string(),
        held_on: Some(civil(date!(2019 - 10 - 01))),
        delegates: vec![pb::Delegate {
            person_id: person.to_string(),
            organisation_id: alpha.clone(),
        }],
        ..Default::default()
    };
    officer.delegations.send_delegation(send).await.expect("sent");
    let honour = pb::RecordHonoursRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        kind: "GOOD_LABOUR".to_string(),
        level: "GRASSROOTS".to_string(),
        honoured_on: Some(civil(date!(2019 - 11 - 01))),
        lines: vec![pb::record_honours_request::Line {
            person: Some(line.clone()),
            ..Default::default()
        }],
        ..Default::default()
    };
    officer.honours.record_honours(honour).await.expect("honoured");
    let launch = pb::LaunchEmulationRequest {
        request_id: request_id(),
        organisation_id: world.hanoi.to_string(),
        theme: "GOOD_LABOUR".to_string(),
        title: "Lao động giỏi".to_string(),
        from_on: Some(civil(JOINED)),
        through_on: Some(civil(date!(2020 - 12 - 31))),
        ..Default::default()
    };
    let launched = officer.emulations.launch_emulation(launch).await.expect("launched");
    let join = pb::JoinEmulationRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        emulation_id: launched.into_inner().emulation_id,
        joined_on: Some(civil(date!(2019 - 12 - 01))),
        person_ids: texts(&[person]),
        ..Default::default()
    };
    officer.emulations.join_emulation(join).await.expect("joined");
    let give = pb::GiveWelfareRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        kind: pb::WelfareKind::Aid.into(),
        occasion: "TET".to_string(),
        source: "UNION_FUND".to_string(),
        given_on: Some(civil(date!(2020 - 01 - 10))),
        lines: vec![pb::give_welfare_request::Line { person: Some(line), amount_vnd: 500_000 }],
        ..Default::default()
    };
    officer.welfare.give_welfare(give).await.expect("given");
    let open = pb::OpenDisputeCaseRequest {
        request_id: request_id(),
        organisation_id: alpha.clone(),
        kind: pb::DisputeKind::Individual.into(),
        topics: vec!["WAGES".to_string()],
        opened_on: Some(civil(date!(2020 - 02 - 01))),
        person_ids: texts(&[person]),
        ..Default::default()
    };
    officer.cases.open_dispute_case(open).await.expect("opened");
    let discipline = pb::DisciplineMembersRequest {
        request_id: request_id(),
        organisation_id: alpha,
        measure: pb::DisciplineMeasure::Warning.into(),
        effective_on: Some(civil(date!(2020 - 03 - 01))),
        person_ids: texts(&[person]),
        ..Default::default()
    };
    officer.discipline.discipline_members(discipline).await.expect("disciplined");
}

#[tokio::test]
async fn a_timeline_holds_everything_and_shows_each_reader_what_she_may_know() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, JOINED, people(2)).await.expect("admitted");
    let before = OffsetDateTime::now_utc();
    lives(&world, &mut officer, persons[0]).await;
    let left = date!(2020 - 04 - 01);
    officer.exits(world.alpha, pb::ExitReason::Resigned, left, &persons[..1]).await.expect("left");

    use pb::TimelineKind::*;
    let of = |kind: pb::TimelineKind, code: &str| (kind, code.to_string());
    let all = vec![
        of(Joined, ""),
        of(Training, ""),
        of(Party, "REFERRED"),
        of(Party, "ADMITTED"),
        of(Cadre, "RECOMMENDED"),
        of(Cadre, "PLANNING"),
        of(Delegation, "CONFERENCE"),
        of(Honour, "GOOD_LABOUR"),
        of(Emulation, "GOOD_LABOUR"),
        of(Welfare, "AID"),
        of(Dispute, "INDIVIDUAL"),
        of(Discipline, "WARNING"),
        of(Left, ""),
    ];
    for page_size in [0, 1, 5] {
        let seen = timeline(&mut officer, persons[0], page_size, None).await.expect("read");
        assert_eq!(seen, all, "pages of {page_size}");
    }
    let other = timeline(&mut officer, persons[1], 0, None).await.expect("read");
    assert_eq!(other, [of(Joined, "")]);
    let then = timeline(&mut officer, persons[0], 0, Some(before)).await.expect("read");
    assert_eq!(then, [of(Joined, "")]);

    // Who may not read what is sensitive sees the rest, and nothing says that there is more.
    world.registry.grants("plain", "OFFICER", world.hanoi);
    let mut plain = world.actor("plain", "vi");
    let sensitive = [Party, Welfare, Discipline];
    let rest: Vec<_> = all.iter().filter(|(kind, _)| !sensitive.contains(kind)).cloned().collect();
    for page_size in [0, 2] {
        let seen = timeline(&mut plain, persons[0], page_size, None).await.expect("read");
        assert_eq!(seen, rest);
    }
    world.registry.grants("party", "PARTY_OFFICER", world.hanoi);
    let mut party = world.actor("party", "vi");
    let seen = timeline(&mut party, persons[0], 0, None).await.expect("read");
    let hers: Vec<_> =
        all.iter().filter(|(kind, _)| [Joined, Left, Party].contains(kind)).cloned().collect();
    assert_eq!(seen, hers);
    world.registry.grants("elsewhere", "OFFICER", world.hue);
    let mut elsewhere = world.actor("elsewhere", "vi");
    let unseen = timeline(&mut elsewhere, persons[0], 0, None).await;
    assert_eq!(refused(unseen), because("PERSON_UNKNOWN", "person_id"));
    world.registry.grants("reader", "READER", world.hanoi);
    let mut reader = world.actor("reader", "vi");
    let denied = timeline(&mut reader, persons[0], 0, None).await;
    assert_eq!(refused(denied).0, "PERMISSION_DENIED");
    world.stop().await;
}
