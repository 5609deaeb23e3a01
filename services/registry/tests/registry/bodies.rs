use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

fn congress(unit: Uuid, ordinal: i32, held_on: Date, years: i32) -> pb::HoldCongressRequest {
    pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        ordinal,
        held_on: Some(civil(held_on)),
        term_from_year: held_on.year(),
        term_to_year: held_on.year() + years,
        form: "PLENARY".to_string(),
        offices: vec![office("CHAIR", Uuid::now_v7()), office("MEMBER", Uuid::now_v7())],
        ..Default::default()
    }
}

async fn bodies(actor: &mut Actor, unit: Uuid, as_of: Date) -> pb::GetBodiesResponse {
    let request = pb::GetBodiesRequest {
        organisation_id: unit.to_string(),
        as_of: Some(civil(as_of)),
        known_at: None,
    };
    actor.congresses.get_bodies(request).await.expect("read").into_inner()
}

#[tokio::test]
async fn a_congress_opens_a_term_and_fills_its_bodies_anew() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let first = congress(unit, 4, date!(2015 - 06 - 01), 5);
    officer.congresses.hold_congress(first.clone()).await.expect("held");
    let second = pb::HoldCongressRequest {
        term_reason: "Kết thúc cùng nhiệm kỳ của cấp trên".to_string(),
        ..congress(unit, 5, date!(2020 - 06 - 10), 3)
    };
    let before = world.changes().await;
    let held = officer.congresses.hold_congress(second.clone()).await.expect("held").into_inner();
    assert_eq!((held.office_ids.len(), held.offices_ended), (2, 2));
    let changes = world.published_since(before).await;
    let [Change::OfficesEnded(ended), Change::CongressHeld(told)] = changes.as_slice() else {
        panic!("published: {changes:?}");
    };
    assert_eq!((ended.seats.len(), told.offices.len()), (2, 2));
    assert_eq!((told.term_from_year, told.term_to_year), (2020, 2023));

    for (as_of, ordinal, chair) in [
        (date!(2020 - 06 - 09), 4, &first.offices[0].person_id),
        (date!(2020 - 06 - 10), 5, &second.offices[0].person_id),
    ] {
        let read = bodies(&mut officer, unit, as_of).await;
        assert_eq!(read.term.expect("a term").ordinal, ordinal);
        assert_eq!(read.bodies.len(), 1);
        let seats = &read.bodies[0].offices;
        assert_eq!(seats.len(), 2);
        assert!(seats.iter().any(|seat| seat.position == "CHAIR" && &seat.person_id == chair));
    }
}

#[tokio::test]
async fn every_rule_of_a_congress_refuses_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let held = congress(unit, 4, date!(2015 - 06 - 01), 5);
    officer.congresses.hold_congress(held).await.expect("held");
    officer.suspends(world.unit("BD-2"), date!(2019 - 01 - 01)).await.expect("suspended");
    let on = date!(2020 - 06 - 01);
    let good = || congress(unit, 5, on, 5);
    let tomorrow = today().next_day().expect("a day");
    for (reason, request) in [
        ("CONGRESS_EXISTS", congress(unit, 4, on, 5)),
        ("LATER_ACT_KNOWN", congress(unit, 5, date!(2015 - 06 - 01), 5)),
        ("TERM_REASON_REQUIRED", congress(unit, 5, on, 3)),
        ("TERM_INVALID", congress(unit, 5, on, 0)),
        ("TERM_INVALID", pb::HoldCongressRequest { term_from_year: 2018, ..good() }),
        ("ORDINAL_INVALID", congress(unit, 0, on, 5)),
        ("CONGRESS_FORM_UNKNOWN", pb::HoldCongressRequest { form: "X".into(), ..good() }),
        ("DATE_IN_FUTURE", congress(unit, 5, tomorrow, 5)),
        ("DATE_OUTSIDE_LIFE", congress(world.unit("BD-2"), 1, date!(2009 - 06 - 01), 5)),
        ("ORGANISATION_SUSPENDED", congress(world.unit("BD-2"), 1, on, 5)),
        ("ORGANISATION_UNKNOWN", congress(world.unit("CG-1"), 1, on, 5)),
        (
            "BODY_UNKNOWN",
            pb::HoldCongressRequest {
                offices: vec![pb::NewOffice {
                    body: "WOMEN".into(),
                    ..office("HEAD", Uuid::nil())
                }],
                ..good()
            },
        ),
    ] {
        let answer = officer.congresses.hold_congress(request).await;
        assert_eq!(self::reason(answer), reason);
    }
}

#[tokio::test]
async fn a_seat_is_held_once_and_by_one() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let held = congress(unit, 1, date!(2018 - 06 - 01), 5);
    let chair = id(&held.offices[0].person_id);
    let held = officer.congresses.hold_congress(held).await.expect("held").into_inner();
    let by_election = |position: &str, person| pb::HoldByElectionRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        body: "EXECUTIVE".to_string(),
        held_on: Some(civil(date!(2020 - 03 - 01))),
        offices: vec![office(position, person)],
        ..Default::default()
    };
    let other = Uuid::now_v7();
    let answer = officer.congresses.hold_by_election(by_election("MEMBER", chair)).await;
    assert_eq!(refused(answer), ("SEAT_TAKEN".into(), "offices".into()));
    let answer = officer.congresses.hold_by_election(by_election("CHAIR", other)).await;
    assert_eq!(reason(answer), "SEAT_TAKEN");

    let end = |office_id: &String| pb::EndOfficesRequest {
        request_id: fresh(),
        office_ids: vec![office_id.clone()],
        effective_on: Some(civil(date!(2020 - 03 - 01))),
        ..Default::default()
    };
    officer.congresses.end_offices(end(&held.office_ids[0])).await.expect("ended");
    let answer = officer.congresses.end_offices(end(&held.office_ids[0])).await;
    assert_eq!(refused(answer), ("OFFICE_ENDED".into(), "office_ids[0]".into()));
    let answer = world.actor("hanoi").congresses.end_offices(end(&fresh())).await;
    assert_eq!(reason(answer), "OFFICE_UNKNOWN");
    officer.congresses.hold_by_election(by_election("CHAIR", other)).await.expect("elected");

    let request = pb::ListOfficesRequest {
        organisation_id: world.unit("HN-BD").to_string(),
        as_of: Some(civil(date!(2020 - 03 - 01))),
        page_size: 1,
        ..Default::default()
    };
    let page = officer.congresses.list_offices(request.clone()).await.expect("listed").into_inner();
    let next = pb::ListOfficesRequest { page_token: page.next_page_token, ..request };
    let next = officer.congresses.list_offices(next).await.expect("listed").into_inner();
    assert!(next.next_page_token.is_empty());
    assert_eq!((page.offices.len(), next.offices.len()), (1, 1));
}

#[tokio::test]
async fn an_act_on_offices_names_some_and_not_too_many() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    for (reason, office_ids) in [
        ("OFFICES_EMPTY", vec![]),
        ("TOO_MANY_OFFICES", vec![fresh(); 1_001]),
        ("OFFICE_UNKNOWN", vec![fresh()]),
    ] {
        let request = pb::EndOfficesRequest {
            request_id: fresh(),
            office_ids,
            effective_on: Some(civil(date!(2020 - 01 - 01))),
            ..Default::default()
        };
        assert_eq!(self::reason(officer.congresses.end_offices(request).await), reason);
    }
}

#[tokio::test]
async fn a_member_of_a_steering_committee_follows_units() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let on = date!(2018 - 07 - 11);
    let person = Uuid::now_v7();
    let request = pb::EstablishSteeringCommitteeRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN").to_string(),
        name: "Ban Chỉ đạo 2018-2023".to_string(),
        members: vec![office("STANDING_DEPUTY_HEAD", person)],
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let committee = officer.steering.establish_steering_committee(request).await;
    let committee = committee.expect("established").into_inner();
    let assign = |unit: Uuid, on| pb::AssignUnitRequest {
        request_id: fresh(),
        steering_committee_id: committee.steering_committee_id.clone(),
        office_id: committee.office_ids[0].clone(),
        unit_id: unit.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let district = world.unit("HN-BD");
    let assigned = officer.steering.assign_unit(assign(district, on)).await.expect("assigned");
    let assignment_id = assigned.into_inner().assignment_id;
    let answer = officer.steering.assign_unit(assign(district, date!(2019 - 01 - 01))).await;
    assert_eq!(refused(answer), ("ASSIGNMENT_EXISTS".into(), "unit_id".into()));
    let answer =
        officer.steering.assign_unit(assign(world.unit("HN-CG"), date!(2018 - 07 - 10))).await;
    assert_eq!(reason(answer), "DATE_OUTSIDE_LIFE");
    let answer = officer.steering.assign_unit(assign(world.unit("TN"), on)).await;
    assert_eq!(refused(answer), ("ORGANISATION_UNKNOWN".into(), "unit_id".into()));

    let end = pb::EndUnitAssignmentRequest {
        request_id: fresh(),
        assignment_id,
        effective_on: Some(civil(date!(2020 - 01 - 01))),
        ..Default::default()
    };
    officer.steering.end_unit_assignment(end.clone()).await.expect("ended");
    let again = pb::EndUnitAssignmentRequest { request_id: fresh(), ..end };
    let answer = officer.steering.end_unit_assignment(again.clone()).await;
    assert_eq!(reason(answer), "ASSIGNMENT_ENDED");
    officer.steering.assign_unit(assign(district, date!(2021 - 01 - 01))).await.expect("again");
    let nobodys = pb::EndUnitAssignmentRequest { assignment_id: fresh(), ..again };
    let answer = officer.steering.end_unit_assignment(nobodys).await;
    assert_eq!(refused(answer), ("ASSIGNMENT_UNKNOWN".into(), "assignment_id".into()));
}

#[tokio::test]
async fn a_ceremony_names_unions_and_the_decisions_handed_to_them() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let founding = founding(world.unit("HN-BD"), "BD-3", date!(2020 - 03 - 01));
    let founded = officer.organisations.found_organisation(founding).await.expect("founded");
    let founded = founded.into_inner();
    let ceremony = |unit: &str, decision: &str, held_on| pb::HoldCeremonyRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN-BD").to_string(),
        kind: "LAUNCH".to_string(),
        held_on: Some(civil(held_on)),
        launched: vec![pb::hold_ceremony_request::Launched {
            organisation_id: unit.to_string(),
            decision_id: decision.to_string(),
        }],
        ..Default::default()
    };
    let on = date!(2020 - 03 - 20);
    let (union, decision) = (&founded.organisation_id, &founded.decision_id);
    let held = officer.ceremonies.hold_ceremony(ceremony(union, decision, on)).await.expect("held");
    let request = pb::GetCeremonyRequest { ceremony_id: held.into_inner().ceremony_id };
    let read = officer.ceremonies.get_ceremony(request.clone()).await.expect("read").into_inner();
    assert_eq!(&read.ceremony.expect("a ceremony").launched[0].decision_id, decision);
    assert_eq!(
        reason(world.actor("nobody").ceremonies.get_ceremony(request).await),
        "PERMISSION_DENIED"
    );
    let unheld = pb::GetCeremonyRequest { ceremony_id: fresh() };
    let answer = officer.ceremonies.get_ceremony(unheld).await;
    assert_eq!(refused(answer), ("CEREMONY_UNKNOWN".into(), "ceremony_id".into()));
    for (reason, request) in [
        ("DATE_OUTSIDE_LIFE", ceremony(union, decision, date!(2020 - 02 - 29))),
        ("DECISION_UNKNOWN", ceremony(union, &fresh(), on)),
        ("ORGANISATION_UNKNOWN", ceremony(&fresh(), decision, on)),
        (
            "CEREMONY_KIND_UNKNOWN",
            pb::HoldCeremonyRequest { kind: "X".into(), ..ceremony(union, "", on) },
        ),
        ("UNITS_EMPTY", pb::HoldCeremonyRequest { launched: vec![], ..ceremony(union, "", on) }),
    ] {
        let answer = officer.ceremonies.hold_ceremony(request).await;
        assert_eq!(self::reason(answer), reason);
    }
}
