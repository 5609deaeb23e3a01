use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

#[tokio::test]
async fn a_merged_union_stays_findable_and_names_its_heir() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (unit, heir) = (world.unit("BD-1"), world.unit("BD-2"));
    let on = date!(2021 - 06 - 01);
    let merged = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: heir.to_string(),
        members_outcome: pb::MembersOutcome::Rehomed.into(),
        rehome_to_id: heir.to_string(),
        ..dissolved(unit)
    };
    officer.ends(vec![merged], on).await.expect("ended");

    let then = officer.reads(unit, Some(date!(2021 - 05 - 31))).await.expect("read");
    assert_eq!(then.status(), pb::OrganisationStatus::Active);
    let now = officer.reads(unit, None).await.expect("read");
    assert_eq!(now.status(), pb::OrganisationStatus::Ended);
    assert_eq!(now.end_kind(), pb::EndKind::Merged);
    assert_eq!(now.ended_on, Some(civil(on)));
    assert_eq!(now.principal_successor_id, heir.to_string());
    assert_eq!(now.superior_id, world.unit("HN-BD").to_string(), "the last one");
    assert_eq!(officer.children(world.unit("HN-BD"), on).await, ["BD-2"]);

    let (_, effective_on, last) = world.published().await.pop().expect("a change");
    let Change::OrganisationsEnded(change) = last else { panic!("{last:?}") };
    assert_eq!(effective_on, on);
    assert_eq!(change.units[0].rehome_to_id, heir.to_string());
    assert_eq!(change.units[0].last_superior_id, world.unit("HN-BD").to_string());
}

#[tokio::test]
async fn a_district_ends_and_hands_its_unions_to_the_province_in_one_act() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (district, province) = (world.unit("HN-BD"), world.unit("HN"));
    let on = date!(2025 - 07 - 01);
    let terminated = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Terminated.into(),
        principal_successor_id: province.to_string(),
        ..dissolved(district)
    };
    let before = world.changes().await;
    let answer = officer.ends(vec![terminated.clone()], on).await;
    assert_eq!(refused(answer), ("SUBORDINATES_LIVING".into(), "units[0]".into()));
    assert_eq!(world.changes().await, before);

    let terminated = pb::end_organisations_request::Unit {
        subordinates_to_id: province.to_string(),
        ..terminated
    };
    let ended = officer.ends(vec![terminated], on).await.expect("ended");
    assert_eq!((ended.units, ended.handed_over), (1, 2));
    assert_eq!(officer.children(province, on).await, ["BD-1", "BD-2", "HN-CG", "HN-GD"]);
    let changes = world.published_since(before).await;
    assert!(matches!(
        changes.as_slice(),
        [
            Change::DecisionRecorded(_),
            Change::OrganisationsHandedOver(_),
            Change::OrganisationsEnded(_),
        ]
    ));
    // The district's own officer keeps no right: the district is no longer there.
    assert_eq!(
        reason(world.actor("badinh").reads(world.unit("BD-1"), None).await),
        "ORGANISATION_UNKNOWN"
    );
}

#[tokio::test]
async fn a_branch_ends_whole_when_all_of_it_is_named() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let branch = ["HN-CG", "CG-1"].map(|code| dissolved(world.unit(code)));
    officer.ends(branch.to_vec(), date!(2024 - 01 - 01)).await.expect("ended");
    assert_eq!(officer.children(world.unit("HN"), date!(2024 - 01 - 01)).await, ["HN-BD", "HN-GD"]);
}

#[tokio::test]
async fn of_two_acts_that_end_one_union_one_wins() {
    let world = World::start().await;
    let unit = world.unit("BD-1");
    let on = date!(2022 - 01 - 01);
    let (mut one, mut other) = (world.actor("badinh"), world.actor("hanoi"));
    let answers =
        tokio::join!(one.ends(vec![dissolved(unit)], on), other.ends(vec![dissolved(unit)], on),);
    let refusal = match answers {
        (Ok(_), refusal @ Err(_)) | (refusal @ Err(_), Ok(_)) => refusal,
        both => panic!("one of the two wins: {both:?}"),
    };
    assert_eq!(reason(refusal), "ORGANISATION_ENDED");
}

#[tokio::test]
async fn a_founding_and_the_end_of_its_superior_do_not_both_happen() {
    let world = World::start().await;
    let district = world.unit("HN-CG");
    let on = date!(2022 - 01 - 01);
    let (mut founder, mut ender) = (world.actor("admin"), world.actor("hanoi"));
    let branch = ["HN-CG", "CG-1"].map(|code| dissolved(world.unit(code))).to_vec();
    let (founded, ended) =
        tokio::join!(founder.founds(district, "CG-2", on), ender.ends(branch, on));
    match (founded, ended) {
        (Ok(_), Err(refused)) => assert_eq!(reason::<()>(Err(refused)), "SUBORDINATES_LIVING"),
        (Err(refused), Ok(_)) => assert_eq!(reason::<()>(Err(refused)), "SUPERIOR_ENDED"),
        both => panic!("one of the two wins: {both:?}"),
    }
}

#[tokio::test]
async fn every_rule_of_an_end_refuses_with_its_reason() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2022 - 01 - 01);
    let (unit, other) = (world.unit("BD-1"), world.unit("BD-2"));
    let unit_of = |change: &dyn Fn(&mut pb::end_organisations_request::Unit)| {
        let mut ending = dissolved(unit);
        change(&mut ending);
        ending
    };
    admin.suspends(world.unit("CG-1"), date!(2021 - 01 - 01)).await.expect("suspended");
    let (nobody, suspended) = (Uuid::now_v7().to_string(), world.unit("CG-1").to_string());
    let before = world.changes().await;
    let cases = vec![
        ("END_KIND_REQUIRED", "units[0].kind", vec![unit_of(&|unit| unit.kind = 0)]),
        (
            "SUCCESSOR_REQUIRED",
            "units[0].principal_successor_id",
            vec![unit_of(&|unit| {
                unit.kind = pb::EndKind::Merged.into();
            })],
        ),
        (
            "MEMBERS_OUTCOME_REQUIRED",
            "units[0].members_outcome",
            vec![unit_of(&|unit| {
                unit.members_outcome = 0;
            })],
        ),
        (
            "REHOME_REQUIRED",
            "units[0].rehome_to_id",
            vec![unit_of(&|unit| {
                unit.members_outcome = pb::MembersOutcome::Rehomed.into();
            })],
        ),
        (
            "REHOME_NOT_ALLOWED",
            "units[0].rehome_to_id",
            vec![unit_of(&|unit| {
                unit.rehome_to_id = other.to_string();
            })],
        ),
        (
            "ORGANISATION_UNKNOWN",
            "units[0].principal_successor_id",
            vec![unit_of(&|unit| {
                unit.principal_successor_id = nobody.clone();
            })],
        ),
        (
            "ORGANISATION_SUSPENDED",
            "units[0].rehome_to_id",
            vec![unit_of(&|unit| {
                unit.members_outcome = pb::MembersOutcome::Rehomed.into();
                unit.rehome_to_id = suspended.clone();
            })],
        ),
        (
            "SUCCESSOR_NOT_LIVING",
            "units[0].principal_successor_id",
            vec![
                unit_of(&|unit| unit.principal_successor_id = other.to_string()),
                dissolved(other),
            ],
        ),
        ("UNIT_REPEATED", "units[1]", vec![dissolved(unit), dissolved(unit)]),
        ("ORGANISATION_UNKNOWN", "units[1]", vec![dissolved(unit), dissolved(Uuid::now_v7())]),
        ("CONFEDERATION_FIXED", "units[0]", vec![dissolved(world.confederation)]),
        ("UNITS_EMPTY", "units", vec![]),
    ];
    for (reason, field, units) in cases {
        let answer = admin.ends(units, on).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    let answer = admin.ends(vec![dissolved(unit)], ORIGIN).await;
    assert_eq!(refused(answer), ("LATER_ACT_KNOWN".into(), "units[0]".into()));
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn offices_and_assignments_end_with_their_union() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (unit, district) = (world.unit("BD-1"), world.unit("HN-BD"));
    let (chair, follower) = (Uuid::now_v7(), Uuid::now_v7());
    let appointed = pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        body: "EXECUTIVE".to_string(),
        offices: vec![office("CHAIR", chair)],
        basis: Some(decided(date!(2018 - 01 - 01))),
        ..Default::default()
    };
    officer.congresses.appoint_committee(appointed).await.expect("appointed");
    let established = pb::EstablishSteeringCommitteeRequest {
        request_id: fresh(),
        organisation_id: district.to_string(),
        name: "Ban Chỉ đạo phát triển đoàn viên".to_string(),
        members: vec![office("HEAD", follower)],
        effective_on: Some(civil(date!(2018 - 01 - 01))),
        ..Default::default()
    };
    let committee = officer.steering.establish_steering_committee(established).await;
    let committee = committee.expect("established").into_inner();
    let assigned = pb::AssignUnitRequest {
        request_id: fresh(),
        steering_committee_id: committee.steering_committee_id.clone(),
        office_id: committee.office_ids[0].clone(),
        unit_id: unit.to_string(),
        effective_on: Some(civil(date!(2018 - 02 - 01))),
        ..Default::default()
    };
    officer.steering.assign_unit(assigned).await.expect("assigned");

    let before = world.changes().await;
    let on = date!(2020 - 01 - 01);
    officer.ends(vec![dissolved(unit)], on).await.expect("ended");
    let changes = world.published_since(before).await;
    assert!(
        matches!(
            changes.as_slice(),
            [
                Change::DecisionRecorded(_),
                Change::OrganisationsEnded(_),
                Change::OfficesEnded(_),
                Change::UnitAssignmentEnded(_),
            ]
        ),
        "{changes:?}"
    );
    for (as_of, follows) in [(date!(2019 - 12 - 31), 1), (on, 0)] {
        let request = pb::ListUnitAssignmentsRequest {
            steering_committee_id: committee.steering_committee_id.clone(),
            as_of: Some(civil(as_of)),
            ..Default::default()
        };
        let listed = officer.steering.list_unit_assignments(request).await.expect("listed");
        assert_eq!(listed.into_inner().assignments.len(), follows);
    }
}
