//! A district officer's token reads and changes its own subtree and nothing else.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::world::*;

/// Calls every method of registry about units of Cầu Giấy and answers each one's refusal.
async fn everything_about(
    world: &World,
    actor: &mut Actor,
    prepared: &Prepared,
) -> Vec<(&'static str, Status)> {
    let (district, unit) = (world.unit("HN-CG").to_string(), world.unit("CG-1").to_string());
    let on = Some(civil(date!(2021 - 01 - 01)));
    let basis = || Some(decided(date!(2021 - 01 - 01)));
    let person = Uuid::now_v7();
    let mut refusals = Vec::new();
    macro_rules! refused {
        ($service:ident.$method:ident($request:expr)) => {
            match actor.$service.$method($request).await {
                Ok(_) => panic!("{} was answered", stringify!($method)),
                Err(status) => refusals.push((stringify!($method), status)),
            }
        };
    }
    refused!(organisations.found_organisation(founding(
        world.unit("HN-CG"),
        "CG-9",
        date!(2021 - 01 - 01)
    )));
    refused!(organisations.rename_organisation(pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        name: "X".into(),
        effective_on: on,
        ..Default::default()
    }));
    refused!(organisations.hand_over_organisations(handing_over(
        &[world.unit("CG-1")],
        world.unit("HN-BD"),
        date!(2021 - 01 - 01)
    )));
    refused!(organisations.suspend_organisation(pb::SuspendOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        basis: basis(),
        ..Default::default()
    }));
    refused!(organisations.resume_organisation(pb::ResumeOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        basis: basis(),
        ..Default::default()
    }));
    refused!(organisations.end_organisations(pb::EndOrganisationsRequest {
        request_id: fresh(),
        units: vec![dissolved(world.unit("CG-1"))],
        basis: basis(),
        ..Default::default()
    }));
    refused!(organisations.change_sector(pb::ChangeSectorRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        sector: "HTX".into(),
        effective_on: on,
        ..Default::default()
    }));
    refused!(organisations.load_organisations(load_parts(
        Uuid::new_v4(),
        vec![line("CG-9", "CDCS", "HTX", "HN-CG")]
    )));
    refused!(organisations.get_organisation(pb::GetOrganisationRequest {
        organisation_id: unit.clone(),
        ..Default::default()
    }));
    refused!(organisations.list_children(pb::ListChildrenRequest {
        organisation_id: district.clone(),
        ..Default::default()
    }));
    refused!(organisations.list_subtree(pb::ListSubtreeRequest {
        organisation_id: district.clone(),
        ..Default::default()
    }));
    refused!(organisations.search_organisations(pb::SearchOrganisationsRequest {
        text: "cong doan".into(),
        within_id: district.clone(),
        ..Default::default()
    }));
    refused!(decisions.record_decision(pb::RecordDecisionRequest {
        request_id: fresh(),
        decision: Some(pb::NewDecision {
            issuer_id: district.clone(),
            number: "1".into(),
            issued_on: on,
            ..Default::default()
        }),
        ..Default::default()
    }));
    refused!(
        decisions
            .get_decision(pb::GetDecisionRequest { decision_id: prepared.decision_id.clone() })
    );
    refused!(congresses.hold_congress(pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        ordinal: 1,
        held_on: on,
        term_from_year: 2021,
        term_to_year: 2026,
        form: "PLENARY".into(),
        ..Default::default()
    }));
    refused!(congresses.hold_by_election(pb::HoldByElectionRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        body: "EXECUTIVE".into(),
        held_on: on,
        offices: vec![office("MEMBER", person)],
        ..Default::default()
    }));
    refused!(congresses.appoint_committee(pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        body: "EXECUTIVE".into(),
        offices: vec![office("MEMBER", person)],
        basis: basis(),
        ..Default::default()
    }));
    refused!(congresses.end_offices(pb::EndOfficesRequest {
        request_id: fresh(),
        office_ids: vec![prepared.office_id.clone()],
        effective_on: on,
        ..Default::default()
    }));
    refused!(
        congresses.get_bodies(pb::GetBodiesRequest {
            organisation_id: unit.clone(),
            ..Default::default()
        })
    );
    refused!(congresses.list_offices(pb::ListOfficesRequest {
        organisation_id: district.clone(),
        ..Default::default()
    }));
    refused!(ceremonies.hold_ceremony(pb::HoldCeremonyRequest {
        request_id: fresh(),
        organisation_id: district.clone(),
        kind: "LAUNCH".into(),
        held_on: on,
        launched: vec![pb::hold_ceremony_request::Launched {
            organisation_id: unit.clone(),
            decision_id: String::new(),
        }],
        ..Default::default()
    }));
    refused!(
        ceremonies
            .get_ceremony(pb::GetCeremonyRequest { ceremony_id: prepared.ceremony_id.clone() })
    );
    refused!(employers.survey_employers(pb::SurveyEmployersRequest {
        request_id: fresh(),
        organisation_id: district.clone(),
        surveyed_on: on,
        employers: vec![pb::SurveyedEmployer { name: "A".into(), ..Default::default() }],
        ..Default::default()
    }));
    refused!(employers.reach_campaign_stage(pb::ReachCampaignStageRequest {
        request_id: fresh(),
        organisation_id: district.clone(),
        employer_id: prepared.employer_id.clone(),
        stage: "ELIGIBLE".into(),
        reached_on: on,
        ..Default::default()
    }));
    refused!(employers.list_employers_without_union(pb::ListEmployersWithoutUnionRequest {
        organisation_id: district.clone(),
        ..Default::default()
    }));
    refused!(employers.get_campaign_funnel(pb::GetCampaignFunnelRequest {
        organisation_id: district.clone(),
        ..Default::default()
    }));
    refused!(steering.establish_steering_committee(pb::EstablishSteeringCommitteeRequest {
        request_id: fresh(),
        organisation_id: district.clone(),
        name: "X".into(),
        members: vec![office("HEAD", person)],
        effective_on: on,
        ..Default::default()
    }));
    refused!(steering.assign_unit(pb::AssignUnitRequest {
        request_id: fresh(),
        steering_committee_id: prepared.steering_committee_id.clone(),
        office_id: prepared.steering_office_id.clone(),
        unit_id: unit.clone(),
        effective_on: on,
        ..Default::default()
    }));
    refused!(steering.end_unit_assignment(pb::EndUnitAssignmentRequest {
        request_id: fresh(),
        assignment_id: prepared.assignment_id.clone(),
        effective_on: on,
        ..Default::default()
    }));
    refused!(steering.list_unit_assignments(pb::ListUnitAssignmentsRequest {
        steering_committee_id: prepared.steering_committee_id.clone(),
        ..Default::default()
    }));
    refused!(grants.make_grant(pb::MakeGrantRequest {
        request_id: fresh(),
        issuer: ISSUER.into(),
        subject: "x".into(),
        role: "READER".into(),
        organisation_id: district.clone(),
        ..Default::default()
    }));
    refused!(grants.end_grant(pb::EndGrantRequest {
        request_id: fresh(),
        grant_id: prepared.grant_id.clone(),
        ..Default::default()
    }));
    refused!(
        grants
            .list_grants(pb::ListGrantsRequest { organisation_id: district, ..Default::default() })
    );
    refusals
}

/// Things of Cầu Giấy that another's officer must not reach.
struct Prepared {
    decision_id: String,
    office_id: String,
    ceremony_id: String,
    employer_id: String,
    steering_committee_id: String,
    steering_office_id: String,
    assignment_id: String,
    grant_id: String,
}

async fn prepare(world: &World) -> Prepared {
    let mut admin = world.actor("admin");
    let (district, unit) = (world.unit("HN-CG").to_string(), world.unit("CG-1").to_string());
    let on = Some(civil(date!(2018 - 01 - 01)));
    let appointed = pb::AppointCommitteeRequest {
        request_id: fresh(),
        organisation_id: unit.clone(),
        body: "EXECUTIVE".into(),
        offices: vec![office("CHAIR", Uuid::now_v7())],
        basis: Some(decided(date!(2018 - 01 - 01))),
        ..Default::default()
    };
    let appointed = admin.congresses.appoint_committee(appointed).await.expect("appointed");
    let appointed = appointed.into_inner();
    let ceremony = pb::HoldCeremonyRequest {
        request_id: fresh(),
        organisation_id: district.clone(),
        kind: "LAUNCH".into(),
        held_on: on,
        launched: vec![pb::hold_ceremony_request::Launched {
            organisation_id: unit.clone(),
            decision_id: String::new(),
        }],
        ..Default::default()
    };
    let ceremony = admin.ceremonies.hold_ceremony(ceremony).await.expect("held").into_inner();
    let survey = pb::SurveyEmployersRequest {
        request_id: fresh(),
        organisation_id: district.clone(),
        surveyed_on: on,
        employers: vec![pb::SurveyedEmployer { name: "A".into(), ..Default::default() }],
        ..Default::default()
    };
    let survey = admin.employers.survey_employers(survey).await.expect("surveyed").into_inner();
    let committee = pb::EstablishSteeringCommitteeRequest {
        request_id: fresh(),
        organisation_id: district,
        name: "Ban Chỉ đạo".into(),
        members: vec![office("HEAD", Uuid::now_v7())],
        effective_on: on,
        ..Default::default()
    };
    let committee = admin.steering.establish_steering_committee(committee).await;
    let committee = committee.expect("established").into_inner();
    let assigned = pb::AssignUnitRequest {
        request_id: fresh(),
        steering_committee_id: committee.steering_committee_id.clone(),
        office_id: committee.office_ids[0].clone(),
        unit_id: unit,
        effective_on: on,
        ..Default::default()
    };
    let assigned = admin.steering.assign_unit(assigned).await.expect("assigned").into_inner();
    let grant = admin.grants_role("caugiay", "OFFICER", world.unit("HN-CG")).await;
    Prepared {
        decision_id: appointed.decision_id,
        office_id: appointed.office_ids[0].clone(),
        ceremony_id: ceremony.ceremony_id,
        employer_id: survey.employer_ids[0].clone(),
        steering_committee_id: committee.steering_committee_id,
        steering_office_id: committee.office_ids[0].clone(),
        assignment_id: assigned.assignment_id,
        grant_id: grant.expect("granted").to_string(),
    }
}

#[tokio::test]
async fn a_district_officer_reaches_nothing_of_another_district() {
    let world = World::start().await;
    let prepared = prepare(&world).await;
    // Also where it may make grants and load: not of others.
    let mut admin = world.actor("admin");
    admin.grants_role("badinh", "ADMINISTRATOR", world.unit("HN-BD")).await.expect("granted");
    let before = world.changes().await;
    let refusals = everything_about(&world, &mut world.actor("badinh"), &prepared).await;
    for (method, status) in refusals {
        let reason = reason::<()>(Err(status));
        assert!(reason.ends_with("_UNKNOWN") || reason == "LINES_REFUSED", "{method}: {reason}");
    }
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn whoever_holds_nothing_is_denied_everything() {
    let world = World::start().await;
    let prepared = prepare(&world).await;
    let before = world.changes().await;
    let refusals = everything_about(&world, &mut world.actor("nobody"), &prepared).await;
    assert_eq!(refusals.len(), 33);
    for (method, status) in refusals {
        assert_eq!(reason::<()>(Err(status)), "PERMISSION_DENIED", "{method}");
    }
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn a_batch_and_a_search_show_nothing_out_of_scope() {
    let world = World::start().await;
    let mut nobody = world.actor("nobody");
    let batch = pb::BatchGetOrganisationsRequest {
        organisation_ids: vec![world.unit("HN").to_string()],
        codes: vec!["HN".into()],
        ..Default::default()
    };
    let found = nobody.organisations.batch_get_organisations(batch).await.expect("answered");
    assert!(found.into_inner().organisations.is_empty());
    let search = pb::SearchOrganisationsRequest { text: "cong doan".into(), ..Default::default() };
    let found = nobody.organisations.search_organisations(search).await.expect("answered");
    assert!(found.into_inner().organisations.is_empty());
}
