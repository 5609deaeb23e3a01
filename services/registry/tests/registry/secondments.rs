//! Secondments, steering committees, and who follows which unit.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

fn second(from: Uuid, to: Uuid, person: Uuid, on: Date) -> pb::BeginSecondmentRequest {
    pb::BeginSecondmentRequest {
        request_id: fresh(),
        organisation_id: from.to_string(),
        host_id: to.to_string(),
        person_id: person.to_string(),
        task: "Hỗ trợ phát triển đoàn viên".to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

fn ending(secondment_id: &str, on: Date) -> pb::EndSecondmentRequest {
    pb::EndSecondmentRequest {
        request_id: fresh(),
        secondment_id: secondment_id.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

/// People seconded from or to a unit and below it, in pages of one.
async fn seconded(
    actor: &mut Actor,
    unit: Uuid,
    direction: pb::SecondmentDirection,
    as_of: Date,
) -> Vec<Uuid> {
    let mut request = pb::ListSecondmentsRequest {
        organisation_id: unit.to_string(),
        as_of: Some(civil(as_of)),
        direction: direction.into(),
        page_size: 1,
        ..Default::default()
    };
    let mut people = Vec::new();
    loop {
        let page = actor.secondments.list_secondments(request.clone()).await.expect("listed");
        let page = page.into_inner();
        people.extend(page.secondments.iter().map(|one| id(&one.person_id)));
        if page.next_page_token.is_empty() {
            return people;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn a_person_sent_to_another_organisation_is_there_until_the_secondment_ends() {
    use pb::SecondmentDirection::{Received, Sent, Unspecified};
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (city, district, union) = (world.unit("HN"), world.unit("HN-BD"), world.unit("BD-1"));
    let (first, other) = (Uuid::now_v7(), Uuid::now_v7());
    let open = second(city, district, first, date!(2018 - 05 - 01));
    let open = officer.secondments.begin_secondment(open).await.expect("begun").into_inner();
    let planned = pb::BeginSecondmentRequest {
        until_on: Some(civil(date!(2019 - 01 - 01))),
        ..second(district, union, other, date!(2018 - 06 - 01))
    };
    officer.secondments.begin_secondment(planned).await.expect("begun");

    let on = date!(2018 - 12 - 31);
    assert_eq!(seconded(&mut officer, city, Unspecified, on).await, [first, other]);
    assert_eq!(seconded(&mut officer, district, Sent, on).await, [other]);
    assert_eq!(seconded(&mut officer, district, Received, on).await, [first, other]);
    assert_eq!(seconded(&mut officer, union, Sent, on).await, Vec::<Uuid>::new());
    assert_eq!(seconded(&mut officer, city, Sent, date!(2018 - 04 - 30)).await, Vec::<Uuid>::new());
    assert_eq!(seconded(&mut officer, city, Sent, date!(2019 - 01 - 01)).await, [first]);

    let ended = ending(&open.secondment_id, date!(2020 - 01 - 01));
    officer.secondments.end_secondment(ended).await.expect("ended");
    assert_eq!(seconded(&mut officer, city, Sent, date!(2019 - 12 - 31)).await, [first]);
    assert_eq!(seconded(&mut officer, city, Sent, date!(2020 - 01 - 01)).await, Vec::<Uuid>::new());
    // She may be sent again, and is over with the organisation that received her.
    let again = second(city, union, first, date!(2020 - 01 - 01));
    officer.secondments.begin_secondment(again).await.expect("begun");
    officer.ends(vec![dissolved(union)], date!(2021 - 01 - 01)).await.expect("ended");
    assert_eq!(seconded(&mut officer, city, Sent, date!(2020 - 12 - 31)).await, [first]);
    assert_eq!(seconded(&mut officer, city, Sent, date!(2021 - 01 - 01)).await, Vec::<Uuid>::new());
}

#[tokio::test]
async fn a_secondment_is_told_and_is_what_its_decision_did_to_both_organisations() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (city, district, person) = (world.unit("HN"), world.unit("HN-BD"), Uuid::now_v7());
    let until = civil(date!(2021 - 01 - 01));
    let request = pb::BeginSecondmentRequest {
        until_on: Some(until),
        effective_on: None,
        basis: Some(decided(date!(2018 - 05 - 01))),
        ..second(city, district, person, date!(2018 - 05 - 01))
    };
    let before = world.changes().await;
    let begun = officer.secondments.begin_secondment(request).await.expect("begun").into_inner();
    let changes = world.published_since(before).await;
    let [Change::DecisionRecorded(_), Change::SecondmentBegun(told)] = changes.as_slice() else {
        panic!("published: {changes:?}");
    };
    let expected = pb::SecondmentBegun {
        secondment_id: begun.secondment_id.clone(),
        organisation_id: city.to_string(),
        host_id: district.to_string(),
        person_id: person.to_string(),
        until_on: Some(until),
    };
    assert_eq!(*told, expected);

    let before = world.changes().await;
    let end = ending(&begun.secondment_id, date!(2020 - 01 - 01));
    officer.secondments.end_secondment(end).await.expect("ended");
    let changes = world.published_since(before).await;
    let [Change::SecondmentEnded(told)] = changes.as_slice() else {
        panic!("published: {changes:?}");
    };
    assert_eq!((&told.secondment_id, id(&told.organisation_id)), (&begun.secondment_id, city));

    let asked =
        pb::GetDecisionEffectsRequest { decision_id: begun.decision_id, ..Default::default() };
    let effects = officer.decisions.get_decision_effects(asked).await.expect("read").into_inner();
    let effects: Vec<_> =
        effects.effects.iter().map(|one| (one.kind(), id(&one.organisation_id))).collect();
    let seconded = pb::DecisionEffectKind::PersonSeconded;
    assert_eq!(effects, [(seconded, city), (seconded, district)]);
}

#[tokio::test]
async fn every_rule_of_a_secondment_refuses_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (city, district) = (world.unit("HN"), world.unit("HN-BD"));
    let (person, on) = (Uuid::now_v7(), date!(2018 - 05 - 01));
    let begun = officer.secondments.begin_secondment(second(city, district, person, on)).await;
    let secondment_id = begun.expect("begun").into_inner().secondment_id;
    let someone = Uuid::now_v7();
    let good = || second(city, district, someone, on);
    for (reason, field, request) in [
        ("SECONDMENT_EXISTS", "person_id", second(city, world.unit("HN-CG"), person, on)),
        ("SECONDMENT_TO_ITSELF", "host_id", second(city, city, someone, on)),
        (
            "SECONDMENT_DATES_INVALID",
            "until_on",
            pb::BeginSecondmentRequest { until_on: Some(civil(on)), ..good() },
        ),
        (
            "DATE_REQUIRED",
            "effective_on",
            pb::BeginSecondmentRequest { effective_on: None, ..good() },
        ),
        (
            "DATE_OUTSIDE_LIFE",
            "organisation_id",
            second(city, district, someone, date!(2009 - 01 - 01)),
        ),
        ("ORGANISATION_UNKNOWN", "host_id", second(city, world.unit("TN"), someone, on)),
        ("ORGANISATION_UNKNOWN", "organisation_id", second(world.unit("TN"), city, someone, on)),
    ] {
        let answer = officer.secondments.begin_secondment(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    let answer = officer.secondments.end_secondment(ending(&fresh(), on)).await;
    assert_eq!(reason(answer), "SECONDMENT_UNKNOWN");
    let answer = officer.secondments.end_secondment(ending(&secondment_id, on)).await;
    assert_eq!(reason(answer), "DATE_OUTSIDE_LIFE");
    let end = ending(&secondment_id, date!(2019 - 01 - 01));
    officer.secondments.end_secondment(end).await.expect("ended");
    let answer = officer.secondments.end_secondment(ending(&secondment_id, date!(2019 - 01 - 01)));
    assert_eq!(refused(answer.await), ("SECONDMENT_ENDED".into(), "secondment_id".into()));
    officer.ends(vec![dissolved(world.unit("BD-2"))], date!(2020 - 01 - 01)).await.expect("ended");
    let late = second(city, world.unit("BD-2"), someone, date!(2020 - 01 - 01));
    let answer = officer.secondments.begin_secondment(late).await;
    assert_eq!(refused(answer), ("ORGANISATION_ENDED".into(), "host_id".into()));
}

#[tokio::test]
async fn steering_committees_are_listed_with_members_and_units_and_units_with_followers() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let on = date!(2018 - 07 - 11);
    let establish = |code: &str| pb::EstablishSteeringCommitteeRequest {
        request_id: fresh(),
        organisation_id: world.unit(code).to_string(),
        name: format!("Ban Chỉ đạo {code}"),
        members: vec![office("HEAD", Uuid::now_v7())],
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let of_city = officer.steering.establish_steering_committee(establish("HN")).await;
    let of_city = of_city.expect("established").into_inner();
    officer.steering.establish_steering_committee(establish("HN-BD")).await.expect("established");

    // Somebody joins, and follows a district.
    let joining = pb::CompleteSteeringCommitteeRequest {
        request_id: fresh(),
        steering_committee_id: of_city.steering_committee_id.clone(),
        members: vec![office("MEMBER", Uuid::now_v7())],
        effective_on: Some(civil(date!(2019 - 01 - 01))),
        ..Default::default()
    };
    let before = world.changes().await;
    let joined = officer.steering.complete_steering_committee(joining.clone()).await;
    let joined = joined.expect("joined").into_inner();
    let changes = world.published_since(before).await;
    let [Change::CommitteeAppointed(told)] = changes.as_slice() else {
        panic!("published: {changes:?}");
    };
    assert_eq!((told.body.as_str(), told.offices.len()), ("STEERING", 1));
    let again = pb::CompleteSteeringCommitteeRequest { request_id: fresh(), ..joining.clone() };
    let answer = officer.steering.complete_steering_committee(again).await;
    assert_eq!(refused(answer), ("SEAT_TAKEN".into(), "members".into()));
    let unknown = pb::CompleteSteeringCommitteeRequest {
        request_id: fresh(),
        steering_committee_id: fresh(),
        ..joining
    };
    let answer = officer.steering.complete_steering_committee(unknown).await;
    assert_eq!(reason(answer), "STEERING_COMMITTEE_UNKNOWN");
    let assign = pb::AssignUnitRequest {
        request_id: fresh(),
        steering_committee_id: of_city.steering_committee_id.clone(),
        office_id: joined.office_ids[0].clone(),
        unit_id: world.unit("HN-CG").to_string(),
        effective_on: Some(civil(date!(2019 - 02 - 01))),
        ..Default::default()
    };
    officer.steering.assign_unit(assign).await.expect("assigned");

    let mut listed = async |own_only, as_of: Date| {
        let mut request = pb::ListSteeringCommitteesRequest {
            organisation_id: world.unit("HN").to_string(),
            as_of: Some(civil(as_of)),
            own_only,
            page_size: 1,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = officer.steering.list_steering_committees(request.clone()).await;
            let page = page.expect("listed").into_inner();
            found.extend(page.committees.into_iter().map(|one| {
                assert_eq!(one.established_on, Some(civil(on)));
                (one.name, one.members, one.units)
            }));
            if page.next_page_token.is_empty() {
                return found;
            }
            request.page_token = page.next_page_token;
        }
    };
    let city = |members, units| ("Ban Chỉ đạo HN".to_string(), members, units);
    let district = ("Ban Chỉ đạo HN-BD".to_string(), 1, 0);
    assert_eq!(listed(false, date!(2018 - 07 - 10)).await, []);
    assert_eq!(listed(false, on).await, [city(1, 0), district.clone()]);
    assert_eq!(listed(true, date!(2019 - 02 - 01)).await, [city(2, 1)]);

    let request = pb::ListUnitFollowersRequest {
        organisation_id: world.unit("HN-CG").to_string(),
        as_of: Some(civil(date!(2019 - 02 - 01))),
        ..Default::default()
    };
    let followers = world.actor("reader").steering.list_unit_followers(request.clone()).await;
    let followers = followers.expect("listed").into_inner().assignments;
    assert_eq!(followers.len(), 1);
    assert_eq!(followers[0].office_id, joined.office_ids[0]);
    let earlier = pb::ListUnitFollowersRequest {
        as_of: Some(civil(date!(2019 - 01 - 31))),
        ..request.clone()
    };
    let followers = world.actor("hanoi").steering.list_unit_followers(earlier).await;
    assert!(followers.expect("listed").into_inner().assignments.is_empty());
    let answer = world.actor("badinh").steering.list_unit_followers(request).await;
    assert_eq!(reason(answer), "ORGANISATION_UNKNOWN");
}

#[tokio::test]
async fn nobody_learns_that_a_person_is_seconded_out_of_her_scope() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.grants_role("thainguyen", "OFFICER", world.unit("TN")).await.expect("granted");
    let on = date!(2018 - 05 - 01);
    let (person, someone) = (Uuid::now_v7(), Uuid::now_v7());
    let theirs = second(world.unit("TN"), world.unit("TN-1"), person, on);
    world.actor("thainguyen").secondments.begin_secondment(theirs.clone()).await.expect("begun");

    let mut officer = world.actor("hanoi");
    for person in [person, someone] {
        let request = second(world.unit("HN"), world.unit("HN-BD"), person, on);
        officer.secondments.begin_secondment(request.clone()).await.expect("begun");
        // Of those that the caller may read one at a time is still the rule, whoever sends.
        for sender in ["HN", "HN-CG"] {
            let again = second(world.unit(sender), world.unit("HN-BD"), person, on);
            let answer = officer.secondments.begin_secondment(again).await;
            assert_eq!(refused(answer), ("SECONDMENT_EXISTS".into(), "person_id".into()));
        }
    }
    // Whose scope holds both is told of either.
    let third = second(world.confederation, world.unit("HN-GD"), person, on);
    let answer = admin.secondments.begin_secondment(third).await;
    assert_eq!(reason(answer), "SECONDMENT_EXISTS");
}
