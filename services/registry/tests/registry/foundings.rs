use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Duration;
use time::macros::date;
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::world::*;

#[tokio::test]
async fn a_founding_is_one_act_with_decision_committee_and_applicants() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let before = world.changes().await;
    let applicants: Vec<Uuid> = (0..5).map(|_| Uuid::now_v7()).collect();
    let request = pb::FoundOrganisationRequest {
        applicant_ids: applicants.iter().map(Uuid::to_string).collect(),
        offices: vec![office("CHAIR", applicants[0]), office("MEMBER", applicants[1])],
        congress_on: Some(civil(date!(2020 - 02 - 20))),
        ..founding(world.unit("HN-BD"), "BD-3", date!(2020 - 03 - 01))
    };
    let founded = officer.organisations.found_organisation(request).await.expect("founded");
    let founded = founded.into_inner();
    assert_eq!(founded.office_ids.len(), 2);

    let changes = world.published_since(before).await;
    let [
        Change::DecisionRecorded(decision),
        Change::OrganisationFounded(organisation),
        Change::CommitteeAppointed(committee),
    ] = changes.as_slice()
    else {
        panic!("published: {changes:?}");
    };
    assert_eq!(decision.decision_id, founded.decision_id);
    assert_eq!(decision.issuer_id, world.unit("HN-BD").to_string());
    assert_eq!(organisation.applicant_ids.len(), 5);
    assert_eq!(committee.body, "EXECUTIVE");
    let acts = world.published().await;
    let acts: std::collections::HashSet<Uuid> =
        acts[before..].iter().map(|(act, _, _)| *act).collect();
    assert_eq!(acts.len(), 1, "one act");

    let read = officer.reads(id(&founded.organisation_id), None).await.expect("read");
    assert_eq!((read.code.as_str(), read.sector.as_str()), ("BD-3", "NNN_CP"));
    assert_eq!(read.founded_on, Some(civil(date!(2020 - 03 - 01))));
    assert_eq!(read.superior_id, world.unit("HN-BD").to_string());
}

#[tokio::test]
async fn every_rule_of_a_founding_refuses_with_its_reason_and_writes_nothing() {
    type Spoil = fn(&World, &mut pb::FoundOrganisationRequest);
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let cases: Vec<(&str, &str, Spoil)> = vec![
        ("ORGANISATION_UNKNOWN", "superior_id", |_, request| {
            request.superior_id = Uuid::now_v7().to_string();
        }),
        ("SUPERIOR_REQUIRED", "superior_id", |_, request| request.superior_id.clear()),
        ("ID_MALFORMED", "superior_id", |_, request| request.superior_id = "x".to_string()),
        ("ORGANISATION_TYPE_UNKNOWN", "type", |_, request| request.r#type = "X".to_string()),
        ("SECTOR_UNKNOWN", "sector", |_, request| request.sector = "X".to_string()),
        // A group of sectors is no sector.
        ("SECTOR_UNKNOWN", "sector", |_, request| request.sector = "NNN".to_string()),
        ("SECTOR_REQUIRED", "sector", |_, request| request.sector.clear()),
        ("SECTOR_NOT_ALLOWED", "sector", |world, request| {
            request.r#type = "LDLD_HUYEN".to_string();
            request.superior_id = world.unit("HN").to_string();
        }),
        ("SUPERIOR_TYPE_NOT_ALLOWED", "superior_id", |world, request| {
            request.superior_id = world.unit("BD-1").to_string();
        }),
        ("ORGANISATION_TYPE_NOT_IN_FORCE", "type", |world, request| {
            request.r#type = "LDLD_HUYEN".to_string();
            request.sector.clear();
            request.superior_id = world.unit("HN").to_string();
            request.basis = Some(decided(date!(2025 - 07 - 01)));
        }),
        ("DATE_OUTSIDE_LIFE", "superior_id", |_, request| {
            request.basis = Some(decided(date!(2009 - 12 - 31)));
        }),
        ("EFFECTIVE_DATE_TOO_FAR", "effective_on", |_, request| {
            request.basis = Some(decided(today() + Duration::days(367)));
        }),
        ("DECISION_IN_FUTURE", "basis.new_decision.issued_on", |world, request| {
            // Today no union may be founded under a district.
            request.superior_id = world.unit("HN").to_string();
            let decision = pb::NewDecision {
                number: "1".to_string(),
                issued_on: Some(civil(today() + Duration::days(1))),
                effective_on: Some(civil(today())),
                ..Default::default()
            };
            request.basis =
                Some(pb::Basis { basis: Some(pb::basis::Basis::NewDecision(decision)) });
        }),
        ("DECISION_REQUIRED", "basis", |_, request| request.basis = None),
        ("DECISION_UNKNOWN", "basis.decision_id", |_, request| {
            let decision_id = Uuid::now_v7().to_string();
            request.basis =
                Some(pb::Basis { basis: Some(pb::basis::Basis::DecisionId(decision_id)) });
        }),
        ("FOUNDERS_TOO_FEW", "applicant_ids", |_, request| {
            request.applicant_ids = (0..4).map(|_| Uuid::now_v7().to_string()).collect();
        }),
        ("FOUNDERS_TOO_FEW", "founders", |_, request| request.founders = 4),
        ("FOUNDERS_TOO_FEW", "founders", |_, request| {
            request.r#type = "ND_CS".to_string();
            request.sector = "ND".to_string();
            request.founders = 9;
        }),
        ("APPLICANT_REPEATED", "applicant_ids[1]", |_, request| {
            request.applicant_ids = vec![Uuid::nil().to_string(); 5];
        }),
        ("TOO_MANY_APPLICANTS", "applicant_ids", |_, request| {
            request.applicant_ids = (0..1_001).map(|_| Uuid::now_v7().to_string()).collect();
        }),
        ("CODE_TAKEN", "code", |_, request| request.code = "TN-1".to_string()),
        ("CODE_INVALID", "code", |_, request| request.code = "BĐ 1".to_string()),
        ("TEXT_MALFORMED", "name", |_, request| request.name = "Công\u{202e}".to_string()),
        ("TEXT_TOO_LONG", "name", |_, request| request.name = "x".repeat(501)),
        ("FIELD_REQUIRED", "name", |_, request| request.name.clear()),
        ("FIELD_REQUIRED", "request_id", |_, request| request.request_id.clear()),
        ("POSITION_UNKNOWN", "offices[0].position", |_, request| {
            request.offices = vec![office("HEAD", Uuid::now_v7())];
        }),
        ("SEAT_REPEATED", "offices[1].position", |_, request| {
            request.offices =
                vec![office("CHAIR", Uuid::now_v7()), office("CHAIR", Uuid::now_v7())];
        }),
        ("TERM_UNTIL_INVALID", "offices[0].term_until", |_, request| {
            request.offices = vec![pb::NewOffice {
                term_until: Some(civil(date!(2020 - 03 - 01))),
                ..office("CHAIR", Uuid::now_v7())
            }];
        }),
        ("TOO_MANY_OFFICES", "offices", |_, request| {
            request.offices = vec![office("MEMBER", Uuid::nil()); 1_001];
        }),
        ("EMPLOYER_UNKNOWN", "employer_ids[0]", |_, request| {
            request.employer_ids = vec![Uuid::now_v7().to_string()];
        }),
    ];
    let before = world.changes().await;
    for (reason, field, spoil) in cases {
        let mut request = founding(world.unit("HN-BD"), "BD-9", date!(2020 - 03 - 01));
        spoil(&world, &mut request);
        let answer = admin.organisations.found_organisation(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()), "{reason}");
    }
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn a_superior_that_is_suspended_or_ended_founds_nothing() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (district, union) = (world.unit("HN-CG"), world.unit("CG-1"));
    admin.suspends(district, date!(2021 - 01 - 01)).await.expect("suspended");
    let answer = admin.founds(district, "CG-2", date!(2021 - 02 - 01)).await;
    assert_eq!(refused(answer), ("SUPERIOR_SUSPENDED".into(), "superior_id".into()));
    // The day before it was not suspended yet.
    admin.founds(district, "CG-2", date!(2020 - 12 - 31)).await.expect("founded");

    admin.hands_over(&[union], world.unit("HN-BD"), date!(2022 - 01 - 01)).await.expect("moved");
    let children = pb::end_organisations_request::Unit {
        subordinates_to_id: world.unit("HN-BD").to_string(),
        ..dissolved(district)
    };
    admin.ends(vec![children], date!(2023 - 01 - 01)).await.expect("ended");
    let answer = admin.founds(district, "CG-3", date!(2023 - 02 - 01)).await;
    assert_eq!(reason(answer), "SUPERIOR_ENDED");
}

#[tokio::test]
async fn a_code_is_free_again_once_its_bearer_has_ended() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let on = date!(2022 - 05 - 01);
    officer.ends(vec![dissolved(world.unit("BD-1"))], on).await.expect("ended");
    let answer = officer.founds(world.unit("HN-BD"), "BD-1", date!(2022 - 04 - 30)).await;
    assert_eq!(refused(answer), ("CODE_TAKEN".into(), "code".into()));
    let heir = officer.founds(world.unit("HN-BD"), "BD-1", on).await.expect("founded");
    let bearer = |as_of| pb::BatchGetOrganisationsRequest {
        codes: vec!["BD-1".to_string()],
        as_of: Some(civil(as_of)),
        ..Default::default()
    };
    for (as_of, expected) in [(date!(2022 - 04 - 30), world.unit("BD-1")), (on, heir)] {
        let found = officer.organisations.batch_get_organisations(bearer(as_of)).await;
        let found = found.expect("found").into_inner().organisations;
        assert_eq!(id(&found[0].organisation_id), expected);
    }
}

#[tokio::test]
async fn a_decision_may_be_recorded_first_and_carry_several_acts() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let decision = pb::NewDecision {
        issuer_id: world.unit("HN-BD").to_string(),
        number: "7/QĐ-LĐLĐ".to_string(),
        issued_on: Some(civil(date!(2020 - 01 - 02))),
        ..Default::default()
    };
    let request = pb::RecordDecisionRequest {
        request_id: fresh(),
        decision: Some(decision.clone()),
        ..Default::default()
    };
    let recorded = officer.decisions.record_decision(request.clone()).await.expect("recorded");
    let decision_id = recorded.into_inner().decision_id;
    let basis = pb::Basis { basis: Some(pb::basis::Basis::DecisionId(decision_id.clone())) };
    for code in ["BD-7", "BD-8"] {
        let founding = pb::FoundOrganisationRequest {
            basis: Some(basis.clone()),
            ..founding(world.unit("HN-BD"), code, ORIGIN)
        };
        let founded = officer.organisations.found_organisation(founding).await.expect("founded");
        let founded = officer.reads(id(&founded.into_inner().organisation_id), None).await;
        assert_eq!(founded.expect("read").founded_on, Some(civil(date!(2020 - 01 - 02))));
    }

    let again = pb::RecordDecisionRequest { request_id: fresh(), ..request };
    let status = officer.decisions.record_decision(again).await.expect_err("refused");
    let info = status.get_error_details().error_info().expect("a reason").clone();
    assert_eq!(
        (info.reason.as_str(), &info.metadata["decision_id"]),
        ("DECISION_EXISTS", &decision_id)
    );
    let asked = pb::GetDecisionRequest { decision_id };
    let read = officer.decisions.get_decision(asked).await.expect("read").into_inner();
    assert_eq!(read.decision.expect("a decision").kind, "QUYET_DINH");
}

#[tokio::test]
async fn the_same_request_answers_the_same_and_another_body_is_refused() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let request = founding(world.unit("HN-BD"), "BD-3", date!(2020 - 03 - 01));
    let once = officer.organisations.found_organisation(request.clone()).await.expect("founded");
    let changes = world.changes().await;
    let twice = officer.organisations.found_organisation(request.clone()).await.expect("founded");
    assert_eq!(once.into_inner(), twice.into_inner());
    assert_eq!(world.changes().await, changes, "nothing was written again");

    let other = pb::FoundOrganisationRequest { name: "Khác".to_string(), ..request };
    let answer = officer.organisations.found_organisation(other).await;
    assert_eq!(reason(answer), "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn validate_only_checks_everything_and_writes_nothing() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let before = world.changes().await;
    let request = pb::FoundOrganisationRequest {
        validate_only: true,
        ..founding(world.unit("HN-BD"), "BD-3", date!(2020 - 03 - 01))
    };
    officer.organisations.found_organisation(request.clone()).await.expect("would be founded");
    let taken = pb::FoundOrganisationRequest { code: "BD-2".to_string(), ..request };
    let answer = officer.organisations.found_organisation(taken).await;
    assert_eq!(reason(answer), "CODE_TAKEN");
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn a_refusal_speaks_vietnamese_or_english() {
    let world = World::start().await;
    for (language, says) in [("vi", "Cần ít nhất 5 người"), ("en", "at least 5 founders")] {
        let mut officer = world.actor_in("badinh", language);
        let request = pb::FoundOrganisationRequest {
            founders: 3,
            ..founding(world.unit("HN-BD"), "BD-3", date!(2020 - 03 - 01))
        };
        let status = officer.organisations.found_organisation(request).await.expect_err("refused");
        let details = status.get_error_details();
        let message = &details.localized_message().expect("a message").message;
        assert!(message.contains(says), "{message}");
        assert_eq!(details.error_info().expect("a reason").domain, "registry.congdoan.vn");
    }
}

#[tokio::test]
async fn the_register_is_bootstrapped_once() {
    let world = World::start().await;
    let again = registry::bootstrap(world.owner_url(), ISSUER, "other").await;
    assert!(format!("{:#}", again.expect_err("refused")).contains("bootstrapped once"));
    let first = world.published().await.into_iter().take(2).collect::<Vec<_>>();
    assert!(matches!(first[0].2, Change::OrganisationFounded(_)));
    assert!(matches!(first[1].2, Change::GrantMade(_)));
    assert_eq!(first[0].0, first[1].0, "one act");
    let actors: Vec<String> = sqlx::query_scalar(
        "select distinct actor from (select actor, act_id from feed.stream
                                     union all select actor, act_id from feed.pending) each
         where act_id = $1",
    )
    .bind(first[0].0)
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    assert_eq!(actors, ["bootstrap"]);
}

#[tokio::test]
async fn founders_are_as_many_as_could_found_it() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let with = |founders: i32| pb::FoundOrganisationRequest {
        founders,
        ..founding(world.unit("HN-BD"), "BD-F", date!(2020 - 03 - 01))
    };
    for (founders, expected) in [
        (-1, "FOUNDERS_TOO_FEW"),
        (i32::MIN, "FOUNDERS_TOO_FEW"),
        (4, "FOUNDERS_TOO_FEW"),
        (i32::MAX, "TOO_MANY_APPLICANTS"),
        (1_000_001, "TOO_MANY_APPLICANTS"),
    ] {
        let answer = officer.organisations.found_organisation(with(founders)).await;
        assert_eq!(refused(answer), (expected.to_string(), "founders".to_string()), "{founders}");
    }
    officer.organisations.found_organisation(with(5)).await.expect("founded");
}

#[tokio::test]
async fn a_founding_congress_was_held_before_the_union_and_not_long_before() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let on = date!(2024 - 06 - 10);
    let by = |code: &str, congress_on| pb::FoundOrganisationRequest {
        congress_on: Some(civil(congress_on)),
        ..founding(world.unit("HN-BD"), code, on)
    };
    for (congress_on, expected) in [
        (date!(2150 - 01 - 01), "DATE_IN_FUTURE"),
        (today().saturating_add(Duration::days(1)), "DATE_IN_FUTURE"),
        (date!(1900 - 01 - 01), "DATE_OUTSIDE_LIFE"),
        (on.saturating_sub(Duration::days(367)), "DATE_OUTSIDE_LIFE"),
        (on.saturating_add(Duration::days(1)), "DATE_OUTSIDE_LIFE"),
    ] {
        let answer = officer.organisations.found_organisation(by("BD-K", congress_on)).await;
        let expected = (expected.to_string(), "congress_on".to_string());
        assert_eq!(refused(answer), expected, "{congress_on}");
    }
    for (code, congress_on) in [("BD-K", on), ("BD-L", on.saturating_sub(Duration::days(366)))] {
        officer.organisations.found_organisation(by(code, congress_on)).await.expect("founded");
    }
}
