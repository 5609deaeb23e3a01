//! A dossier founds a union, through two services and one decision; and services go away.

use http::Method;
use proto::gateway::v1::*;
use proto::membership::v1::*;
use proto::registry::v1::*;
use serde_json::{Value as Json, json};
use sqlx::Row;
use stage::browser;
use stage::made_up::{people, request_id};
use tests::posted;
use tests::rows::differences;
use tests::world::{ADMINISTRATOR, Unit, World, admission};
use time::macros::date;

/// Posts to the gateway as the administrator, with the token of what was seen.
async fn post(world: &World, path: &str, body: &Json, seen: Option<&str>) -> browser::Answer {
    let bearer = format!("Bearer {}", world.token(ADMINISTRATOR));
    let mut headers = vec![
        ("authorization", bearer.as_str()),
        ("accept-language", "en"),
        ("content-type", "application/json"),
    ];
    headers.extend(seen.map(|seen| ("congdoan-seen", seen)));
    let uri = world.system.gateway();
    browser::send(&uri, Method::POST, path, &headers, body.to_string()).await
}

async fn get(world: &World, path: &str, seen: Option<&str>) -> browser::Answer {
    let bearer = format!("Bearer {}", world.token(ADMINISTRATOR));
    let mut headers = vec![("authorization", bearer.as_str()), ("accept-language", "en")];
    headers.extend(seen.map(|seen| ("congdoan-seen", seen)));
    browser::send(&world.system.gateway(), Method::GET, path, &headers, "").await
}

fn day(year: i32, month: i32, day: i32) -> Json {
    json!({ "year": year, "month": month, "day": day })
}

/// A dossier as a superior's office would post it.
fn dossier(request_id: &str, superior: &Unit) -> Json {
    let applicants: Vec<Json> = people(7)
        .into_iter()
        .map(|person| {
            json!({
                "name": person.name,
                "sex": if person.sex == 2 { "SEX_FEMALE" } else { "SEX_MALE" },
                "birthYear": person.birth_year,
                "identityNumber": person.identity_number,
            })
        })
        .collect();
    json!({
        "requestId": request_id,
        "dossier": {
            "union": {
                "superiorId": superior.id,
                "code": "Q-A-100",
                "name": "CĐCS Công ty TNHH Hoa Sữa",
                "sector": "NNN_TNHH",
            },
            "decision": { "number": "25/QĐ-LĐLĐ", "issuedOn": day(2020, 6, 1) },
            "applicants": applicants,
            "appliedOn": day(2020, 5, 20),
            "committee": [
                { "applicant": 0, "position": "CHAIR" },
                { "applicant": 3, "position": "MEMBER" },
            ],
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_founds_a_union_and_its_applicants_are_admitted_from_the_feed_exactly_once() {
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let dossier = dossier(&request_id(), &district);
    let first = post(&world, "/v1/grassroots-unions:found", &dossier, None).await;
    assert!(first.status.is_success(), "{}", first.json());
    let founded = first.json();
    let union = founded["organisationId"].as_str().expect("an id").to_owned();
    assert_eq!(founded["personIds"].as_array().map(Vec::len), Some(7));
    assert_eq!(founded["officeIds"].as_array().map(Vec::len), Some(2));

    // Whoever has seen the founding sees the members, whether or not they were pending.
    let seen = first.headers["congdoan-seen"].to_str().expect("ASCII").to_owned();
    let path = format!("/v1/organisations/{union}/members");
    let listed = get(&world, &path, Some(&seen)).await.json();
    let members = listed["members"].as_array().expect("members");
    let mut listed: Vec<&str> =
        members.iter().filter_map(|member| member["personId"].as_str()).collect();
    let applicants = founded["personIds"].as_array().expect("ids");
    let mut applicants: Vec<&str> = applicants.iter().filter_map(Json::as_str).collect();
    listed.sort_unstable();
    applicants.sort_unstable();
    assert_eq!(listed, applicants, "every applicant, once");

    // Repeating the whole dossier answers the same, and changes nothing in any service.
    let before = world.rows().await;
    for _ in 0..3 {
        let again = post(&world, "/v1/grassroots-unions:found", &dossier, None).await.json();
        for field in ["organisationId", "decisionId", "personIds", "officeIds"] {
            assert_eq!(again[field], founded[field], "{field}");
        }
        assert_eq!(again["pendingConsequences"], json!([]));
    }
    let changed = differences(&before, &world.rows().await);
    assert!(changed.is_empty(), "the repetition changed {changed:?}");

    // One change admitted them; it says on which position of registry's feed.
    let admitted = sqlx::query(
        "select registry_position from feed.stream where kind = 'membership.members_admitted'",
    )
    .fetch_all(world.pool("membership"))
    .await
    .expect("read");
    assert_eq!(admitted.len(), 1);
    let founding: i64 = sqlx::query_scalar(
        "select position from feed.stream where kind = 'registry.organisation_founded'
         order by position desc limit 1",
    )
    .fetch_one(world.pool("registry"))
    .await
    .expect("read");
    assert!(admitted[0].get::<i64, _>("registry_position") >= founding);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_that_registry_refuses_founds_nothing_and_succeeds_when_it_is_mended() {
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let mut bad = dossier(&request_id(), &district);
    bad["dossier"]["union"]["sector"] = json!("XYZ");
    let refused = post(&world, "/v1/grassroots-unions:found", &bad, None).await;
    assert_eq!(refused.refused().short(), ("SECTOR_UNKNOWN", "dossier.union.sector"));
    world.settled().await;
    assert_eq!(applicants(&world).await, (0, 0), "nobody is written down for what is refused");
    // Nor for a union of too few.
    let mut too_few = dossier(&request_id(), &district);
    let few: Vec<Json> = people(4).iter().map(|person| json!({ "name": person.name })).collect();
    too_few["dossier"]["applicants"] = json!(few);
    let refused = post(&world, "/v1/grassroots-unions:found", &too_few, None).await;
    assert_eq!(refused.refused().short(), ("FOUNDERS_TOO_FEW", "dossier.applicants"));
    assert_eq!(applicants(&world).await, (0, 0), "nobody is written down for what is refused");

    // The same request id: no step was taken under it.
    let mut mended = bad.clone();
    mended["dossier"]["union"]["sector"] = json!("NNN_TNHH");
    let founded = post(&world, "/v1/grassroots-unions:found", &mended, None).await;
    assert!(founded.status.is_success(), "{}", founded.json());
    world.settled().await;
    assert_eq!(applicants(&world).await, (7, 7));
    let memberships: i64 = sqlx::query_scalar("select count(*) from membership")
        .fetch_one(world.pool("membership"))
        .await
        .expect("counted");
    assert_eq!(memberships, 7);
}

/// How many people membership knows, and how many applications.
async fn applicants(world: &World) -> (i64, i64) {
    sqlx::query_as("select (select count(*) from person), (select count(*) from application)")
        .fetch_one(world.pool("membership"))
        .await
        .expect("counted")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_registry_is_away_membership_admits_and_a_profile_names_what_is_absent() {
    let mut world = World::start().await;
    let district = world.district("Q-A").await;
    let union = world.unions(&district, 1).await.remove(0);
    world.settled().await;
    world.admit(&union, date!(2020 - 01 - 01), people(3)).await;
    world.settled().await;

    let absent = |profile: &Json| -> Vec<(String, String)> {
        let parts = profile["absentParts"].as_array().expect("a list").iter();
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        parts.map(|part| (text(&part["service"]), text(&part["reason"]))).collect()
    };
    let path = format!("/v1/organisations/{}/profile", union.id);
    let whole = get(&world, &path, None).await.json();
    assert_eq!(absent(&whole), []);
    assert_eq!(whole["membership"]["members"], 3);

    world.system.stop_service("registry").await.expect("stopped");
    let admitted = world.admit(&union, date!(2020 - 02 - 01), people(2)).await;
    assert_eq!(admitted.len(), 2);
    let profile = get(&world, &path, None).await.json();
    assert_eq!(absent(&profile), [("registry".to_owned(), "SERVICE_AWAY".to_owned())]);
    assert_eq!(profile["organisation"], Json::Null);
    assert_eq!(profile["membership"]["members"], 5);

    world.system.stop_service("reporting").await.expect("stopped");
    let profile = get(&world, &path, None).await.json();
    let names: Vec<String> = absent(&profile).into_iter().map(|(service, _)| service).collect();
    assert_eq!(names, ["registry", "reporting"]);
    assert_eq!(profile["reporting"], Json::Null, "never shown as zero");

    // Back again, everything is whole, and reporting has caught up with what it missed.
    world.system.start_service("registry").await.expect("started");
    world.system.start_service("reporting").await.expect("started");
    world.settled().await;
    tests::feeds::until("the profile is whole", async || {
        let profile = get(&world, &path, None).await.json();
        absent(&profile).is_empty()
    })
    .await;
    let profile = get(&world, &path, None).await.json();
    let stock = profile["reporting"]["figures"].as_array().expect("figures").iter();
    let members = stock.filter(|figure| figure["indicator"] == "MBR_STOCK");
    let members: Vec<&Json> = members.map(|figure| &figure["value"]).collect();
    assert_eq!(members, [&json!("5")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn membership_refuses_admission_to_a_union_that_is_suspended_ended_or_unknown() {
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let unions = world.unions(&district, 2).await;
    let administrator = world.administrator();
    let suspend = SuspendOrganisationRequest {
        request_id: request_id(),
        organisation_id: unions[0].id.clone(),
        basis: stage::made_up::basis(date!(2020 - 03 - 01)),
        ..SuspendOrganisationRequest::default()
    };
    administrator.organisations().suspend_organisation(suspend).await.expect("suspended");
    let end = EndOrganisationsRequest {
        request_id: request_id(),
        units: vec![end_organisations_request::Unit {
            organisation_id: unions[1].id.clone(),
            kind: EndKind::Dissolved.into(),
            members_outcome: MembersOutcome::MembershipEnds.into(),
            ..end_organisations_request::Unit::default()
        }],
        basis: stage::made_up::basis(date!(2020 - 03 - 01)),
        ..EndOrganisationsRequest::default()
    };
    administrator.organisations().end_organisations(end).await.expect("ended");
    // The line carries what it has seen: membership decides on it, at once.
    let unknown = Unit { id: uuid::Uuid::now_v7().to_string(), code: String::new() };
    for (union, reason) in [
        (&unions[0], "ORGANISATION_SUSPENDED"),
        (&unions[1], "ORGANISATION_ENDED"),
        (&unknown, "ORGANISATION_UNKNOWN"),
    ] {
        let request = admission(union, date!(2020 - 04 - 01), people(1));
        let refused = administrator.memberships().admit_members(request).await;
        let refused = stage::refused::Refused::of(&refused.expect_err(reason));
        assert_eq!(refused.reason, reason);
    }
}

/// Applicants of a dossier, as the gateway's own message has them: the JSON above and the
/// contract cannot drift apart unnoticed.
#[test]
fn the_dossier_above_is_the_contract_s() {
    let superior = Unit { id: uuid::Uuid::now_v7().to_string(), code: String::new() };
    let pool = posted::contracts();
    let descriptor =
        posted::method(&pool, "congdoan.gateway.v1.GatewayService/FoundGrassrootsUnion");
    let text = dossier(&request_id(), &superior).to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let message = prost_reflect::DynamicMessage::deserialize(descriptor.input(), &mut reader);
    let message: FoundGrassrootsUnionRequest =
        message.expect("of the contract").transcode_to().expect("of the contract");
    let dossier = message.dossier.expect("a dossier");
    assert_eq!(dossier.applicants.len(), 7);
    assert_eq!(dossier.applicants[0].identity_kind(), IdentityKind::Unspecified);
}
