//! Foundings that are taken back: what the organisation held is free, and nothing is stuck.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::plans::{Kind, step};
use crate::world::*;

const ON: Date = date!(2024 - 01 - 10);
const LATER: Date = date!(2024 - 06 - 01);

async fn last_act(world: &World) -> Uuid {
    world.published().await.last().expect("an act").0
}

async fn takes_commune(
    admin: &mut Actor,
    unit: Uuid,
    on: Date,
) -> Result<pb::ChangeTerritoryResponse, tonic::Status> {
    let request = pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        communes_added: vec!["00004".to_string()],
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    Ok(admin.attributes.change_territory(request).await?.into_inner())
}

async fn surveyed(admin: &mut Actor, surveyor: Uuid, on: Date) -> String {
    let employer =
        pb::SurveyedEmployer {
            name: "Nhà máy".to_string(), workforce: 120, ..Default::default()
        };
    let request = pb::SurveyEmployersRequest {
        request_id: fresh(),
        organisation_id: surveyor.to_string(),
        surveyed_on: Some(civil(on)),
        employers: vec![employer],
        ..Default::default()
    };
    let found = admin.employers.survey_employers(request).await.expect("surveyed").into_inner();
    found.employer_ids[0].clone()
}

#[tokio::test]
async fn what_an_undone_union_held_is_free_and_told_of() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (district, host) = (world.unit("HN-BD"), world.unit("BD-1"));
    let employer = surveyed(&mut admin, district, date!(2023 - 12 - 01)).await;
    let founding = pb::FoundOrganisationRequest {
        r#type: "LDLD_HUYEN".to_string(),
        sector: String::new(),
        offices: vec![office("CHAIR", Uuid::now_v7())],
        employer_ids: vec![employer.clone()],
        ..founding(world.unit("HN"), "HN-X", ON)
    };
    // Written with the body that a first committee names.
    let founded = admin.organisations.found_organisation(founding).await.expect("founded");
    let founded = id(&founded.into_inner().organisation_id);
    let founding_act = last_act(&world).await;

    takes_commune(&mut admin, founded, LATER).await.expect("taken");
    let naming = pb::ChangeAliasesRequest {
        request_id: fresh(),
        organisation_id: founded.to_string(),
        added: vec!["Tên khác".to_string()],
        effective_on: Some(civil(LATER)),
        ..Default::default()
    };
    admin.attributes.change_aliases(naming).await.expect("named");
    let sent = Uuid::now_v7();
    let seconding = |from: Uuid| pb::BeginSecondmentRequest {
        request_id: fresh(),
        organisation_id: from.to_string(),
        host_id: host.to_string(),
        person_id: sent.to_string(),
        effective_on: Some(civil(LATER)),
        ..Default::default()
    };
    admin.secondments.begin_secondment(seconding(founded)).await.expect("sent");
    let establishing = pb::EstablishSteeringCommitteeRequest {
        request_id: fresh(),
        organisation_id: founded.to_string(),
        name: "Ban Chỉ đạo".to_string(),
        members: vec![office("HEAD", Uuid::now_v7())],
        effective_on: Some(civil(LATER)),
        ..Default::default()
    };
    let committee = admin.steering.establish_steering_committee(establishing).await;
    let committee = committee.expect("established").into_inner();
    let following = pb::AssignUnitRequest {
        request_id: fresh(),
        steering_committee_id: committee.steering_committee_id,
        office_id: committee.office_ids[0].clone(),
        unit_id: host.to_string(),
        effective_on: Some(civil(LATER)),
        ..Default::default()
    };
    admin.steering.assign_unit(following).await.expect("followed");
    let directing = pb::BeginJointDirectionRequest {
        request_id: fresh(),
        organisation_id: host.to_string(),
        director_id: founded.to_string(),
        effective_on: Some(civil(LATER)),
        ..Default::default()
    };
    admin.attributes.begin_joint_direction(directing).await.expect("directed");
    let grant = admin.grants_role("newcomer", "OFFICER", founded).await.expect("granted");
    let published = world.changes().await;

    assert!(admin.undoes(founding_act).await.expect("undone") > 0);
    // Nothing that names it is known any more, but that it was there to be founded.
    let left: Vec<String> =
        sqlx::query_scalar("select attribute from organisation_fact where organisation_id = $1")
            .bind(founded)
            .fetch_all(&mut world.look().await)
            .await
            .expect("read");
    assert_eq!(left, [""; 0]);
    takes_commune(&mut admin, district, LATER).await.expect("the commune is free");
    admin.secondments.begin_secondment(seconding(district)).await.expect("she is free");
    assert_eq!(admin.details(host, LATER, None).await.director_ids, [""; 0]);
    assert_eq!(reason(world.actor("newcomer").reads(host, None).await), "PERMISSION_DENIED");

    let changes = world.published_since(published).await;
    let timelines: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::TimelinesCorrected(corrected) => Some(&corrected.timelines),
            _ => None,
        })
        .flatten()
        .collect();
    let never = timelines.iter().find(|one| one.organisation_id == founded.to_string());
    let never = never.expect("its life");
    assert!(!never.exists && never.superiors.is_empty() && never.seats.is_empty());
    assert_eq!(never.founded_under_id, world.unit("HN").to_string());
    // Whom its committee followed is followed by nobody.
    let followed = timelines.iter().find(|one| one.organisation_id == host.to_string());
    assert!(followed.expect("the other's life").assignments.is_empty());
    let employers: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::EmployersRecorded(recorded) => Some(&recorded.employers[0]),
            _ => None,
        })
        .collect();
    assert!(!employers.is_empty() && employers.iter().all(|one| one.union_ids.is_empty()));
    let ended: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::GrantEnded(ended) => Some(ended.grant_id.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(ended, [grant.to_string()]);
}

#[tokio::test]
async fn an_undone_founding_can_be_known_again_with_what_it_held() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let founding = pb::FoundOrganisationRequest {
        r#type: "LDLD_HUYEN".to_string(),
        sector: String::new(),
        ..founding(world.unit("HN"), "HN-X", ON)
    };
    let founded = admin.organisations.found_organisation(founding).await.expect("founded");
    let founded = id(&founded.into_inner().organisation_id);
    let founding_act = last_act(&world).await;
    takes_commune(&mut admin, founded, LATER).await.expect("taken");
    admin.grants_role("newcomer", "OFFICER", founded).await.expect("granted");
    admin.undoes(founding_act).await.expect("undone");
    let undoing = last_act(&world).await;

    admin.undoes(undoing).await.expect("known again");
    assert_eq!(admin.details(founded, LATER, None).await.territory.len(), 1);
    world.actor("newcomer").reads(founded, None).await.expect("the grant holds again");
    assert_eq!(
        reason(takes_commune(&mut admin, world.unit("HN-BD"), LATER).await),
        "COMMUNE_TAKEN"
    );
}

#[tokio::test]
async fn a_campaign_that_led_to_an_undone_union_stands_where_it_stood_and_goes_on() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let district = world.unit("HN-BD");
    let employer = surveyed(&mut admin, district, date!(2023 - 12 - 01)).await;
    let stage = |stage: &str, on: Date, union: Option<Uuid>| pb::ReachCampaignStageRequest {
        request_id: fresh(),
        organisation_id: district.to_string(),
        employer_id: employer.clone(),
        stage: stage.to_string(),
        reached_on: Some(civil(on)),
        union_id: union.map(|union| union.to_string()).unwrap_or_default(),
        ..Default::default()
    };
    let canvassed = stage("CANVASSED", date!(2024 - 01 - 02), None);
    admin.employers.reach_campaign_stage(canvassed).await.expect("canvassed");
    let founded = admin.founds(district, "BD-9", ON).await.expect("founded");
    let founding_act = last_act(&world).await;
    admin
        .employers
        .reach_campaign_stage(stage("FOUNDED", ON, Some(founded)))
        .await
        .expect("founded");
    admin.undoes(founding_act).await.expect("undone");

    let listing =
        pb::ListCampaignsRequest { organisation_id: district.to_string(), ..Default::default() };
    let listed = admin.employers.list_campaigns(listing.clone()).await.expect("listed");
    let [campaign] = &listed.into_inner().campaigns[..] else { panic!("one campaign") };
    assert_eq!((campaign.stage.as_str(), campaign.union_id.as_str()), ("CANVASSED", ""));
    let again = admin.founds(district, "BD-10", LATER).await.expect("founded");
    let reached = stage("FOUNDED", LATER, Some(again));
    admin.employers.reach_campaign_stage(reached).await.expect("the campaign goes on");
    let listed = admin.employers.list_campaigns(listing).await.expect("listed");
    let [campaign] = &listed.into_inner().campaigns[..] else { panic!("one campaign") };
    assert_eq!(
        (campaign.stage.as_str(), campaign.union_id.clone()),
        ("FOUNDED", again.to_string())
    );
}

#[tokio::test]
async fn what_a_plan_founded_and_an_undo_took_back_held_nothing() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let steps = vec![pb::PlanStep {
        name: "Công đoàn phường".to_string(),
        r#type: "CD_XA".to_string(),
        superior: "HN".to_string(),
        ..step(1, Kind::Found, "HN-P1")
    }];
    let plan = admin.planned(world.unit("HN"), steps).await;
    admin.tries(&plan).await.expect("tried");
    admin.commits(&plan).await.expect("committed");
    let request =
        pb::BatchGetOrganisationsRequest { codes: vec!["HN-P1".into()], ..Default::default() };
    let found = admin.organisations.batch_get_organisations(request).await.expect("found");
    let ward = id(&found.into_inner().organisations[0].organisation_id);
    let on = date!(2025 - 08 - 01);
    takes_commune(&mut admin, ward, on).await.expect("taken");
    let published = world.changes().await;
    admin.takes_back(&plan).await.expect("taken back");
    let told = world.published_since(published).await;
    let under = told.iter().find_map(|change| match change {
        Change::TimelinesCorrected(corrected) => corrected
            .timelines
            .iter()
            .find(|one| one.organisation_id == ward.to_string())
            .map(|one| one.founded_under_id.clone()),
        _ => None,
    });
    assert_eq!(under, Some(world.unit("HN").to_string()));
    let request = pb::FoundOrganisationRequest {
        r#type: "CD_XA".to_string(),
        sector: String::new(),
        ..founding(world.unit("HN"), "HN-P2", on)
    };
    let other = admin.organisations.found_organisation(request).await.expect("founded");
    let other = id(&other.into_inner().organisation_id);
    takes_commune(&mut admin, other, on).await.expect("the commune is free");
}
