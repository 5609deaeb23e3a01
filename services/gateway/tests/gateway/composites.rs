//! Methods that need several services.

use chassis::refusal::{Language, Refusal};
use http::Method;
use prost::Message;
use proto::gateway::v1::gateway_service_client::GatewayServiceClient;
use proto::gateway::v1::{
    CommitteeMember, FoundGrassrootsUnionRequest, GetDecisionProfileRequest,
    GetOrganisationProfileRequest, GrassrootsUnionDossier, NewUnion, ReviewPlanRequest,
};
use proto::google::r#type::Date;
use proto::membership::v1::{
    Consequence, ConsequenceKind, CountMembersRequest, CountMembersResponse,
    ListConsequencesRequest, ListConsequencesResponse, ListLaterMovementsRequest,
    ListLaterMovementsResponse, ListPassedOverRequest, ListPassedOverResponse, Obstacle,
    PersonLine, RecordApplicantsRequest, RecordApplicantsResponse, consequence,
    count_members_response, list_later_movements_response, record_applicants_response,
};
use proto::registry::v1::plan_step::Kind;
use proto::registry::v1::{
    DecisionEffect, DecisionEffectKind, FoundOrganisationRequest, FoundOrganisationResponse,
    GetDecisionEffectsRequest, GetDecisionEffectsResponse, ListPlanStepsRequest,
    ListPlanStepsResponse, MembersOutcome, NewDecision, PlanStep, PlanStepOutcome, basis,
    list_plan_steps_response,
};
use proto::reporting::v1::{
    Figure, ListOpenTargetsRequest, ListOpenTargetsResponse, OpenTargets, QueryFiguresRequest,
    QueryFiguresResponse,
};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use super::behind::Behind;
use super::passed_through::{GET, knows_organisations};
use super::world::{World, nobody};

const COUNT: &str = "/congdoan.membership.v1.MembershipService/CountMembers";
const RECORD: &str = "/congdoan.membership.v1.ApplicationService/RecordApplicants";
const FIGURES: &str = "/congdoan.reporting.v1.FigureService/QueryFigures";
const EFFECTS: &str = "/congdoan.registry.v1.DecisionService/GetDecisionEffects";
const CONSEQUENCES: &str = "/congdoan.membership.v1.ConsequenceService/ListConsequences";
const PASSED_OVER: &str = "/congdoan.membership.v1.ConsequenceService/ListPassedOver";
const LATER: &str = "/congdoan.membership.v1.ConsequenceService/ListLaterMovements";
const STEPS: &str = "/congdoan.registry.v1.PlanService/ListPlanSteps";
const OPEN: &str = "/congdoan.reporting.v1.TargetService/ListOpenTargets";
const FOUND: &str = "/congdoan.registry.v1.OrganisationService/FoundOrganisation";

fn counts_members(membership: &Behind, members: i32) {
    membership.answer(COUNT, move |asked: CountMembersRequest| {
        let counts = asked
            .organisation_ids
            .into_iter()
            .map(|organisation_id| count_members_response::Count {
                organisation_id,
                members,
                female: 1,
                ..count_members_response::Count::default()
            })
            .collect();
        Ok(Response::new(CountMembersResponse { counts }))
    });
}

fn knows_figures(reporting: &Behind) {
    reporting.answer(FIGURES, |asked: QueryFiguresRequest| {
        let figures = asked
            .indicators
            .into_iter()
            .map(|indicator| Figure { indicator, value: 21_574, ..Figure::default() })
            .collect();
        Ok(Response::new(QueryFiguresResponse { figures }))
    });
}

fn profile_of(id: Uuid) -> GetOrganisationProfileRequest {
    GetOrganisationProfileRequest { organisation_id: id.to_string(), as_of: None }
}

#[tokio::test]
async fn a_profile_is_what_three_services_know() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    counts_members(&world.membership, 12);
    knows_figures(&world.reporting);
    let id = Uuid::now_v7();
    let answer = world.json(Method::GET, &format!("/v1/organisations/{id}/profile"), None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["organisation"]["name"], "LĐLĐ");
    assert_eq!(answer.body["membership"]["members"], 12);
    assert_eq!(answer.body["reporting"]["figures"][1]["value"], "21574");
    assert_eq!(answer.body["absentParts"], serde_json::json!([]));
}

#[tokio::test]
async fn a_part_that_is_away_or_slow_or_denied_is_absent_and_named() {
    let away = nobody().await;
    let further = format!("patience.part_ms = 200\nbackends.reporting = 'http://{away}'");
    let world = World::start_with(&further).await;
    knows_organisations(&world.registry);
    world.membership.on(COUNT, |_| Box::pin(std::future::pending()));
    let mut client = GatewayServiceClient::new(world.an().await);
    let profile = client.get_organisation_profile(profile_of(Uuid::now_v7())).await;
    let profile = profile.expect("answered").into_inner();
    assert!(profile.organisation.is_some());
    assert_eq!((profile.membership, profile.reporting), (None, None));
    let absent: Vec<_> = profile
        .absent_parts
        .iter()
        .map(|part| (part.service.as_str(), part.reason.as_str()))
        .collect();
    assert_eq!(absent, [("membership", "DEADLINE_EXCEEDED"), ("reporting", "SERVICE_AWAY")]);

    world
        .membership
        .on(COUNT, |_| Box::pin(async { Err(Status::permission_denied("not for you")) }));
    let profile = client.get_organisation_profile(profile_of(Uuid::now_v7())).await;
    assert_eq!(profile.expect("answered").into_inner().absent_parts[0].reason, "PERMISSION_DENIED");
}

#[tokio::test]
async fn there_is_no_profile_of_what_registry_does_not_know_or_when_nobody_answers() {
    let world = World::start_with("patience.part_ms = 200").await;
    let mut client = GatewayServiceClient::new(world.an().await);
    world.registry.on(GET, |_| Box::pin(async { Err(Status::not_found("no such organisation")) }));
    counts_members(&world.membership, 3);
    let status = client.get_organisation_profile(profile_of(Uuid::now_v7())).await;
    assert_eq!(status.expect_err("refused").code(), Code::NotFound);

    for (behind, path) in
        [(&world.registry, GET), (&world.membership, COUNT), (&world.reporting, FIGURES)]
    {
        behind.on(path, |_| Box::pin(std::future::pending()));
    }
    let status = client.get_organisation_profile(profile_of(Uuid::now_v7())).await;
    let info = status.expect_err("refused").get_details_error_info().expect("a reason");
    assert_eq!(info.reason, "ALL_PARTS_AWAY");
    assert_eq!(info.metadata["membership"], "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn beside_an_act_of_a_document_stands_what_membership_has_not_finished() {
    let world = World::start().await;
    let (act, ended, renamed) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    world.registry.answer(EFFECTS, move |_: GetDecisionEffectsRequest| {
        let effect = |kind: DecisionEffectKind, organisation: Uuid| DecisionEffect {
            kind: kind.into(),
            organisation_id: organisation.to_string(),
            registry_act_id: act.to_string(),
            ..DecisionEffect::default()
        };
        let effects = vec![
            effect(DecisionEffectKind::Ended, ended),
            effect(DecisionEffectKind::Renamed, renamed),
        ];
        Ok(Response::new(GetDecisionEffectsResponse { effects, next_page_token: String::new() }))
    });
    let asked = Arc::new(Mutex::new(Vec::new()));
    let remembered = asked.clone();
    world.membership.answer(CONSEQUENCES, move |request: ListConsequencesRequest| {
        remembered.lock().unwrap().push(request);
        let consequence = Consequence {
            registry_act_id: act.to_string(),
            organisation_id: ended.to_string(),
            obstacle: Obstacle::OrganisationUnknown.into(),
            ..Consequence::default()
        };
        let consequences = vec![consequence];
        Ok(Response::new(ListConsequencesResponse { consequences, next_page_token: String::new() }))
    });
    let mut client = GatewayServiceClient::new(world.an().await);
    let request = GetDecisionProfileRequest {
        decision_id: Uuid::now_v7().to_string(),
        ..GetDecisionProfileRequest::default()
    };
    let profile = client.get_decision_profile(request.clone()).await.expect("answered");
    let profile = profile.into_inner();
    let pending: Vec<usize> = profile.effects.iter().map(|effect| effect.pending.len()).collect();
    assert_eq!((pending, profile.absent_parts), (vec![1, 0], vec![]));
    {
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 1, "each service is asked once");
        assert_eq!(asked[0].registry_act_ids, [act.to_string()]);
        assert!(!asked[0].include_finished);
    }

    let refuse = |_: ListConsequencesRequest| {
        Err::<Response<ListConsequencesResponse>, _>(Status::permission_denied("not for you"))
    };
    world.membership.answer(CONSEQUENCES, refuse);
    let profile = client.get_decision_profile(request).await.expect("answered").into_inner();
    assert_eq!(profile.effects.len(), 2);
    assert_eq!(profile.absent_parts[0].reason, "PERMISSION_DENIED");
}

fn day(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

/// A plan of 2025-07-01: a founding, the end and the renaming of one unit, and a move that no
/// dry run has seen.
fn knows_steps(world: &World, unit: Uuid, superior: Uuid) {
    let step = move |line, kind: Kind, outcome: Option<Uuid>| list_plan_steps_response::Step {
        step: Some(PlanStep {
            line,
            kind: kind.into(),
            members_outcome: match kind {
                Kind::End => MembersOutcome::ToSuperior.into(),
                _ => MembersOutcome::Unspecified.into(),
            },
            ..PlanStep::default()
        }),
        outcome: outcome.map(|id| PlanStepOutcome {
            organisation_id: id.to_string(),
            from_superior_id: superior.to_string(),
            ..PlanStepOutcome::default()
        }),
    };
    world.registry.answer(STEPS, move |asked: ListPlanStepsRequest| {
        assert_eq!((asked.page_size, asked.page_token.as_str()), (4, "there"));
        Ok(Response::new(ListPlanStepsResponse {
            steps: vec![
                step(1, Kind::Found, Some(Uuid::now_v7())),
                step(2, Kind::End, Some(unit)),
                step(3, Kind::Rename, Some(unit)),
                step(4, Kind::HandOver, None),
            ],
            effective_on: Some(day(2025, 7, 1)),
            next_page_token: "further".to_string(),
            dry_run: "registry/operations/of-this-plan".to_string(),
            mended_since: false,
        }))
    });
}

fn review() -> ReviewPlanRequest {
    ReviewPlanRequest {
        plan_id: Uuid::now_v7().to_string(),
        page_size: 4,
        page_token: "there".to_string(),
    }
}

#[tokio::test]
async fn beside_the_steps_of_a_plan_stand_members_and_quotas_and_each_service_is_asked_once() {
    let world = World::start().await;
    let (unit, superior) = (Uuid::now_v7(), Uuid::now_v7());
    knows_steps(&world, unit, superior);
    world.membership.answer(COUNT, move |asked: CountMembersRequest| {
        assert_eq!(asked.organisation_ids, [unit.to_string()], "each unit once");
        assert_eq!(asked.as_of, Some(day(2025, 6, 30)), "on the evening before");
        let organisation_id = unit.to_string();
        let count = count_members_response::Count {
            organisation_id,
            members: 12,
            female: 7,
            ..count_members_response::Count::default()
        };
        Ok(Response::new(CountMembersResponse { counts: vec![count] }))
    });
    world.reporting.answer(OPEN, move |asked: ListOpenTargetsRequest| {
        assert_eq!(asked.organisation_ids, [unit.to_string()]);
        assert_eq!(asked.as_of, Some(day(2025, 7, 1)));
        let organisation_id = unit.to_string();
        let open = OpenTargets { organisation_id, open: 3, ..OpenTargets::default() };
        Ok(Response::new(ListOpenTargetsResponse { units: vec![open] }))
    });
    let mut client = GatewayServiceClient::new(world.an().await);
    let page = client.review_plan(review()).await.expect("answered").into_inner();
    assert_eq!((page.absent_parts.as_slice(), page.next_page_token.as_str()), (&[][..], "further"));
    let tried = (page.dry_run.as_str(), page.mended_since);
    assert_eq!(tried, ("registry/operations/of-this-plan", false));
    let known: Vec<_> = page
        .steps
        .into_iter()
        .map(|step| {
            let members = step.members.map(|of| (of.members, of.to_organisation_id));
            (step.step.expect("a step").line, members, step.quotas.map(|quotas| quotas.open))
        })
        .collect();
    let expected = [
        (1, None, None),
        (2, Some((12, superior.to_string())), Some(3)),
        (3, Some((12, String::new())), Some(3)),
        (4, None, None),
    ];
    assert_eq!(known, expected);
    let calls = [
        world.registry.calls(STEPS).len(),
        world.membership.calls(COUNT).len(),
        world.reporting.calls(OPEN).len(),
    ];
    assert_eq!(calls, [1, 1, 1]);
}

#[tokio::test]
async fn a_plan_that_was_not_run_dry_says_so_and_nobody_is_asked_about_it() {
    let world = World::start().await;
    world.registry.answer(STEPS, move |_: ListPlanStepsRequest| {
        let step = PlanStep { line: 2, kind: Kind::End.into(), ..PlanStep::default() };
        Ok(Response::new(ListPlanStepsResponse {
            steps: vec![list_plan_steps_response::Step { step: Some(step), outcome: None }],
            ..ListPlanStepsResponse::default()
        }))
    });
    let mut client = GatewayServiceClient::new(world.an().await);
    let page = client.review_plan(review()).await.expect("answered").into_inner();
    assert_eq!((page.dry_run.as_str(), page.mended_since, page.steps.len()), ("", false, 1));
    let asked = [world.membership.calls(COUNT).len(), world.reporting.calls(OPEN).len()];
    assert_eq!(asked, [0, 0]);

    // Mended since: what is known is not all, and that is said.
    world.registry.answer(STEPS, move |_: ListPlanStepsRequest| {
        Ok(Response::new(ListPlanStepsResponse {
            dry_run: "registry/operations/before".to_string(),
            mended_since: true,
            ..ListPlanStepsResponse::default()
        }))
    });
    let page = client.review_plan(review()).await.expect("answered").into_inner();
    assert_eq!((page.dry_run.as_str(), page.mended_since), ("registry/operations/before", true));
}

#[tokio::test]
async fn a_plan_is_reviewed_without_the_part_that_is_away_and_it_is_named() {
    let away = nobody().await;
    let further = format!("patience.part_ms = 200\nbackends.reporting = 'http://{away}'");
    let world = World::start_with(&further).await;
    knows_steps(&world, Uuid::now_v7(), Uuid::now_v7());
    counts_members(&world.membership, 12);
    let mut client = GatewayServiceClient::new(world.an().await);
    let page = client.review_plan(review()).await.expect("answered").into_inner();
    assert_eq!(page.steps[1].members.as_ref().map(|of| of.members), Some(12));
    assert!(page.steps.iter().all(|step| step.quotas.is_none()));
    let absent: Vec<_> = page
        .absent_parts
        .iter()
        .map(|part| (part.service.as_str(), part.reason.as_str()))
        .collect();
    assert_eq!(absent, [("reporting", "SERVICE_AWAY")]);

    // Without its steps there is nothing to show anything beside.
    let refuse = |_: ListPlanStepsRequest| {
        Err::<Response<ListPlanStepsResponse>, _>(Status::not_found("no such plan"))
    };
    world.registry.answer(STEPS, refuse);
    let status = client.review_plan(review()).await.expect_err("refused");
    assert_eq!(status.code(), Code::NotFound);
}

fn founding() -> FoundGrassrootsUnionRequest {
    let applicants = (0..5)
        .map(|number| PersonLine { name: format!("Nguyễn Văn {number}"), ..Default::default() })
        .collect();
    FoundGrassrootsUnionRequest {
        request_id: Uuid::now_v7().to_string(),
        validate_only: false,
        dossier: Some(GrassrootsUnionDossier {
            union: Some(NewUnion {
                superior_id: Uuid::now_v7().to_string(),
                code: "CDCS-1".to_string(),
                name: "CĐCS Nhà máy".to_string(),
                ..NewUnion::default()
            }),
            decision: Some(NewDecision {
                number: "1/QĐ-LĐLĐ".to_string(), ..Default::default()
            }),
            applicants,
            committee: vec![
                CommitteeMember { applicant: 3, position: "CHAIR".to_string(), term_until: None },
                CommitteeMember { applicant: 0, position: "MEMBER".to_string(), term_until: None },
            ],
            ..GrassrootsUnionDossier::default()
        }),
    }
}

/// Remembers the requests of the steps; applicant n becomes person "p<n>". A union is founded once:
/// afterwards its request id is that of the founding, and of no trial.
#[derive(Clone, Default)]
struct Steps {
    tried: Arc<Mutex<Vec<FoundOrganisationRequest>>>,
    recorded: Arc<Mutex<Vec<RecordApplicantsRequest>>>,
    founded: Arc<Mutex<Vec<FoundOrganisationRequest>>>,
}

impl Steps {
    fn taken_by(world: &World) -> Self {
        let steps = Steps::default();
        let recorded = steps.recorded.clone();
        world.membership.answer(RECORD, move |asked: RecordApplicantsRequest| {
            let applicants = (0..asked.applicants.len())
                .map(|n| record_applicants_response::Applicant {
                    person_id: format!("p{n}"),
                    application_id: format!("a{n}"),
                })
                .collect();
            recorded.lock().unwrap().push(asked);
            Ok(Response::new(RecordApplicantsResponse { applicants, warnings: vec![] }))
        });
        let (tried, founded) = (steps.tried.clone(), steps.founded.clone());
        world.registry.answer(FOUND, move |asked: FoundOrganisationRequest| {
            let office_ids = (0..asked.offices.len()).map(|n| format!("o{n}")).collect();
            let known = |before: &FoundOrganisationRequest| before.request_id == asked.request_id;
            match asked.validate_only {
                true if founded.lock().unwrap().iter().any(known) => {
                    let reused = Refusal::of(proto::refusal::v1::Reason::RequestIdReused);
                    return Err(reused.status_in(Language::English));
                }
                true => tried.lock().unwrap().push(asked),
                false => founded.lock().unwrap().push(asked),
            }
            Ok(Response::new(FoundOrganisationResponse {
                organisation_id: "the-union".to_string(),
                decision_id: "the-decision".to_string(),
                office_ids,
            }))
        });
        steps
    }
}

#[tokio::test]
async fn a_founding_records_the_applicants_and_then_founds_with_their_ids() {
    let world = World::start().await;
    let steps = Steps::taken_by(&world);
    counts_members(&world.membership, 5);
    let mut client = GatewayServiceClient::new(world.an().await);
    let asked = founding();
    let answer = client.found_grassroots_union(asked.clone()).await.expect("founded").into_inner();
    assert_eq!((answer.organisation_id.as_str(), answer.person_ids.len()), ("the-union", 5));
    assert_eq!(answer.office_ids, ["o0", "o1"]);
    assert_eq!(answer.pending_consequences, []);

    let found = steps.founded.lock().unwrap()[0].clone();
    let dossier = asked.dossier.clone().expect("a dossier");
    let superior = &dossier.union.as_ref().expect("a union").superior_id;
    assert_eq!((&found.superior_id, found.r#type.as_str()), (superior, ""));
    assert_eq!(found.applicant_ids, ["p0", "p1", "p2", "p3", "p4"]);
    let seats: Vec<_> =
        found.offices.iter().map(|o| (o.person_id.as_str(), o.position.as_str())).collect();
    assert_eq!(seats, [("p3", "CHAIR"), ("p0", "MEMBER")]);
    let basis = found.basis.clone().and_then(|basis| basis.basis);
    assert_eq!(basis, dossier.decision.map(basis::Basis::NewDecision));
    // Tried before, as it was asked for but for the people, of whom each is somebody else.
    let tried = steps.tried.lock().unwrap()[0].clone();
    let people: HashSet<&String> = tried.applicant_ids.iter().collect();
    assert_eq!(people.len(), 5);
    let seats: Vec<_> = tried.offices.iter().map(|office| office.person_id.clone()).collect();
    assert_eq!(seats, [tried.applicant_ids[3].clone(), tried.applicant_ids[0].clone()]);
    let mut asked_for = FoundOrganisationRequest { validate_only: true, ..found.clone() };
    asked_for.applicant_ids = tried.applicant_ids.clone();
    for (office, person_id) in asked_for.offices.iter_mut().zip(seats) {
        office.person_id = person_id;
    }
    assert_eq!(tried, asked_for);
    let recorded = steps.recorded.lock().unwrap()[0].clone();
    assert_eq!((&recorded.organisation_id, recorded.applicants), (superior, dossier.applicants));

    // Repeating it repeats the steps, under the same ids, of which the trial knows that they were
    // taken.
    client.found_grassroots_union(asked).await.expect("founded");
    assert_eq!(steps.founded.lock().unwrap()[1].encode_to_vec(), found.encode_to_vec());
    assert_eq!(steps.recorded.lock().unwrap()[1].request_id, recorded.request_id);
    assert_ne!(recorded.request_id, found.request_id);
}

#[tokio::test]
async fn what_membership_has_not_done_yet_is_told_to_be_under_way() {
    let world = World::start_with("patience.consequence_ms = 100").await;
    Steps::taken_by(&world);
    world.membership.on(COUNT, |_| Box::pin(std::future::pending()));
    let mut client = GatewayServiceClient::new(world.an().await);
    let answer = client.found_grassroots_union(founding()).await.expect("founded").into_inner();
    let pending = &answer.pending_consequences[0];
    assert_eq!((pending.service.as_str(), pending.people), ("membership", 5));
}

#[tokio::test]
async fn a_refused_step_is_told_in_the_words_of_the_dossier() {
    let world = World::start().await;
    let steps = Steps::taken_by(&world);
    world.registry.answer(FOUND, |_: FoundOrganisationRequest| {
        let taken = Refusal::of(proto::registry::v1::Reason::CodeTaken).field("code");
        Err::<Response<FoundOrganisationResponse>, _>(taken.status_in(Language::English))
    });
    let mut client = GatewayServiceClient::new(world.an().await);
    let status = client.found_grassroots_union(founding()).await.expect_err("refused");
    assert_eq!(status.code(), Code::AlreadyExists);
    assert_eq!(status.get_details_error_info().expect("a reason").reason, "CODE_TAKEN");
    let bad = status.get_details_bad_request().expect("fields");
    assert_eq!(bad.field_violations[0].field, "dossier.union.code");
    assert!(steps.recorded.lock().unwrap().is_empty(), "nobody is written down");
}

#[tokio::test]
async fn a_founding_that_broke_off_between_its_steps_is_finished_by_its_repetition() {
    let world = World::start().await;
    let steps = Steps::taken_by(&world);
    counts_members(&world.membership, 5);
    let tried = steps.tried.clone();
    world.registry.answer(FOUND, move |asked: FoundOrganisationRequest| {
        if !asked.validate_only {
            return Err(Status::internal("internal error"));
        }
        tried.lock().unwrap().push(asked);
        Ok(Response::new(FoundOrganisationResponse::default()))
    });
    let mut client = GatewayServiceClient::new(world.an().await);
    let asked = founding();
    let status = client.found_grassroots_union(asked.clone()).await.expect_err("broken off");
    assert_eq!(status.code(), Code::Internal);
    let recorded = steps.recorded.lock().unwrap()[0].clone();

    let steps = Steps::taken_by(&world);
    let answer = client.found_grassroots_union(asked).await.expect("founded").into_inner();
    assert_eq!(answer.organisation_id, "the-union");
    assert_eq!(steps.recorded.lock().unwrap()[0].request_id, recorded.request_id);
    assert_eq!(steps.founded.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_dossier_that_cannot_succeed_leaves_no_applicants_behind() {
    let world = World::start().await;
    let steps = Steps::taken_by(&world);
    let mut client = GatewayServiceClient::new(world.an().await);
    let mut nobodys = founding();
    nobodys.dossier.as_mut().expect("a dossier").committee[0].applicant = 1_000;
    let status = client.found_grassroots_union(nobodys).await.expect_err("refused");
    let info = status.get_details_error_info().expect("a reason");
    assert_eq!(info.reason, "COMMITTEE_MEMBER_UNKNOWN");
    assert_eq!(info.metadata["field"], "dossier.committee[0].applicant");
    assert!(steps.recorded.lock().unwrap().is_empty());
}

#[tokio::test]
async fn applications_that_are_not_open_on_the_day_of_the_founding_are_refused_with_the_field() {
    let world = World::start().await;
    let steps = Steps::taken_by(&world);
    let mut client = GatewayServiceClient::new(world.an().await);
    let with = |applied_on: Date, effective_on: Option<Date>, issued_on: Option<Date>| {
        let mut request = founding();
        let dossier = request.dossier.as_mut().expect("a dossier");
        dossier.applied_on = Some(applied_on);
        dossier.union.as_mut().expect("a union").effective_on = effective_on;
        dossier.decision.as_mut().expect("a decision").issued_on = issued_on;
        request
    };
    let founded = day(2024, 3, 10);
    for (request, reason, by) in [
        (with(day(2024, 3, 20), Some(founded), None), "APPLIED_AFTER_FOUNDING", None),
        (
            with(day(2024, 2, 9), Some(founded), None),
            "APPLICATIONS_LAPSED",
            Some("dossier.union.effective_on"),
        ),
        (
            with(day(2023, 12, 1), None, Some(founded)),
            "APPLICATIONS_LAPSED",
            Some("dossier.decision.issued_on"),
        ),
    ] {
        let status = client.found_grassroots_union(request).await.expect_err("refused");
        let info = status.get_details_error_info().expect("a reason");
        assert_eq!(info.reason, reason);
        assert_eq!(info.metadata["field"], "dossier.applied_on");
        assert_eq!(info.metadata.get("founded_by").map(String::as_str), by);
        let bad = status.get_details_bad_request().expect("fields");
        assert_eq!(bad.field_violations[0].field, "dossier.applied_on");
    }
    assert!(steps.recorded.lock().unwrap().is_empty(), "nobody is left behind");
    counts_members(&world.membership, 5);
    for applied_on in [day(2024, 2, 10), founded] {
        let request = with(applied_on, Some(founded), None);
        client.found_grassroots_union(request).await.expect("founded");
    }
}

#[tokio::test]
async fn whoever_was_passed_over_is_told_by_person_and_reason_and_nothing_is_under_way() {
    let world = World::start().await;
    Steps::taken_by(&world);
    counts_members(&world.membership, 3);
    world.membership.answer(CONSEQUENCES, |asked: ListConsequencesRequest| {
        assert_eq!(asked.organisation_ids, ["the-union"]);
        let consequence = Consequence {
            registry_act_id: "the-act".to_string(),
            kind: ConsequenceKind::ApplicantsAdmitted.into(),
            ..Consequence::default()
        };
        let consequences = vec![consequence];
        Ok(Response::new(ListConsequencesResponse { consequences, ..Default::default() }))
    });
    world.membership.answer(PASSED_OVER, |asked: ListPassedOverRequest| {
        assert_eq!((&*asked.registry_act_id, &*asked.organisation_id), ("the-act", "the-union"));
        // One page after the other.
        let (person, obstacle, next) = match asked.page_token.as_str() {
            "" => ("p4", Obstacle::MembershipActive, "further"),
            _ => ("p1", Obstacle::ApplicationNotOpen, ""),
        };
        let one = consequence::PassedOver {
            person_id: person.to_string(),
            obstacle: obstacle.into(),
            ..Default::default()
        };
        Ok(Response::new(ListPassedOverResponse {
            passed_over: vec![one],
            next_page_token: next.to_string(),
        }))
    });
    let mut client = GatewayServiceClient::new(world.an().await);
    let answer = client.found_grassroots_union(founding()).await.expect("founded").into_inner();
    assert_eq!(answer.pending_consequences, []);
    let told: Vec<_> = answer
        .passed_over
        .iter()
        .map(|one| (one.applicant, one.person_id.as_str(), one.obstacle()))
        .collect();
    let expected = [(1, "p1", Obstacle::ApplicationNotOpen), (4, "p4", Obstacle::MembershipActive)];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn beside_an_end_stands_how_many_people_moved_later_than_the_plan_has_it() {
    let world = World::start().await;
    let unit = Uuid::now_v7();
    knows_steps(&world, unit, Uuid::now_v7());
    counts_members(&world.membership, 12);
    world.membership.answer(LATER, move |asked: ListLaterMovementsRequest| {
        assert_eq!(asked.organisation_ids, [unit.to_string()]);
        assert_eq!(asked.ended_on, Some(day(2025, 7, 1)));
        let organisation_id = unit.to_string();
        let count = list_later_movements_response::Count { organisation_id, people: 2 };
        let counts = vec![count];
        Ok(Response::new(ListLaterMovementsResponse { counts, ..Default::default() }))
    });
    let mut client = GatewayServiceClient::new(world.an().await);
    let page = client.review_plan(review()).await.expect("answered").into_inner();
    let later: Vec<_> = page
        .steps
        .iter()
        .map(|step| step.members.as_ref().and_then(|members| members.later_movements))
        .collect();
    assert_eq!(later, [None, Some(2), None, None]);
}
