//! What registry makes of texts that are written one way and meant another, of numbers that
//! stand for nothing, and of more bad lines than a refusal can name.

use proto::registry::v1 as pb;
use time::macros::date;
use tonic_types::StatusExt;

use crate::plans::*;
use crate::world::*;

/// What clients of gRPC usually read of an answer's headers.
const HEADERS_MAX: usize = 8 * 1024;

fn travels(status: &tonic::Status) -> usize {
    let mut headers = tonic::codegen::http::HeaderMap::new();
    status.add_header(&mut headers).expect("written");
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum()
}

#[tokio::test]
async fn a_name_is_kept_in_order_or_refused() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2020 - 01 - 01);
    let district = world.unit("HN-BD");
    let given = |code: &str, name: &str| pb::FoundOrganisationRequest {
        name: name.to_string(),
        ..founding(district, code, on)
    };
    for (name, because) in [
        ("\u{200b}", ("FIELD_REQUIRED", "name")),
        ("\u{a0}\u{feff}", ("FIELD_REQUIRED", "name")),
        ("Công đoàn\u{202e}", ("TEXT_MALFORMED", "name")),
        ("Công\0đoàn", ("TEXT_MALFORMED", "name")),
    ] {
        let answer = admin.organisations.found_organisation(given("BD-90", name)).await;
        let (reason, field) = refused(answer);
        assert_eq!((reason.as_str(), field.as_str()), because, "{name:?}");
    }
    let name = " Co\u{302}ng\u{a0}đoàn\u{200b} Thử ";
    let founded = admin.organisations.found_organisation(given(" BD-91\u{200b}", name)).await;
    let id = founded.expect("founded").into_inner().organisation_id;
    let request = pb::GetOrganisationRequest { organisation_id: id, ..Default::default() };
    let read = admin.organisations.get_organisation(request).await.expect("read").into_inner();
    let read = read.organisation.expect("an organisation");
    assert_eq!((read.name.as_str(), read.code.as_str()), ("Công đoàn Thử", "BD-91"));

    let typed = pb::SearchOrganisationsRequest {
        text: "\u{202a}co\u{302}ng đoa\u{300}n\u{a0}thử\u{202c}".to_string(),
        ..Default::default()
    };
    let found = admin.organisations.search_organisations(typed).await.expect("searched");
    assert!(codes(found.into_inner().organisations).contains(&"BD-91".to_string()));
}

#[tokio::test]
async fn a_document_is_one_however_its_number_is_typed() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2020 - 05 - 01);
    let record = |number: &str| pb::RecordDecisionRequest {
        request_id: fresh(),
        decision: Some(pb::NewDecision {
            issuer_id: world.confederation.to_string(),
            number: number.to_string(),
            issued_on: Some(chassis::parse::civil(on)),
            ..Default::default()
        }),
        ..Default::default()
    };
    let first = admin.decisions.record_decision(record("125/QĐ-TLĐ")).await.expect("recorded");
    let first = first.into_inner().decision_id;
    for number in
        ["125/QĐ-TLĐ\u{200b}", "125/qđ-tlđ", "125 / QĐ - TLĐ", "125/QÐ-TLÐ", "１２５/QĐ–TLĐ"]
    {
        let answer = admin.decisions.record_decision(record(number)).await;
        let told = ("DECISION_EXISTS".to_string(), "decision.number".to_string());
        assert_eq!(refused(answer), told, "{number}");
        let request = pb::ListDecisionsRequest {
            issuer_id: world.confederation.to_string(),
            number: number.to_string(),
            ..Default::default()
        };
        let listed = admin.decisions.list_decisions(request).await.expect("listed").into_inner();
        let ids: Vec<_> = listed.decisions.into_iter().map(|one| one.decision_id).collect();
        assert_eq!(ids, std::slice::from_ref(&first), "{number}");
    }
    // D is another letter than Đ.
    assert!(admin.decisions.record_decision(record("125/QD-TLD")).await.is_ok());
}

#[tokio::test]
async fn a_number_that_stands_for_nothing_is_no_default() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let plan_id = admin.planned(world.confederation, vec![hand_over(1, "BD-1", "HN")]).await;
    let bad = pb::PlanStep { end_kind: 99, ..hand_over(2, "BD-2", "HN") };
    let answer = admin.adds(&plan_id, vec![bad]).await;
    let status = answer.expect_err("refused");
    let violation = ("steps[0].end_kind".to_string(), "ENUM_VALUE_UNKNOWN".to_string());
    assert_eq!(violations(&status), [violation]);

    let status_of = |status| pb::load_organisations_request::Change {
        from_on: Some(chassis::parse::civil(date!(2021 - 01 - 01))),
        status,
        ..Default::default()
    };
    let mut bad = line("NEW-1", "CDCS", "NNN_CP", "HN-BD");
    bad.changes = vec![status_of(99)];
    let status = admin.loads(vec![bad]).await.expect_err("refused");
    let violation = ("lines[0].changes[0].status".to_string(), "ENUM_VALUE_UNKNOWN".to_string());
    assert_eq!(violations(&status), [violation]);
}

#[tokio::test]
async fn more_bad_lines_than_a_refusal_can_name_are_counted() {
    let world = World::start().await;
    for language in ["vi", "en"] {
        let mut admin = world.actor_in("admin", language);
        let plan_id = admin.planned(world.confederation, vec![hand_over(1, "BD-1", "HN")]).await;
        let steps: Vec<_> = (2..72)
            .map(|n| pb::PlanStep { superior: String::new(), ..hand_over(n, "BD-2", "HN") })
            .collect();
        let lines: Vec<_> =
            (0..60).map(|n| line(&format!("N-{n}"), "CDXX", "NNN_CP", "HN-BD")).collect();
        let stepped = admin.adds(&plan_id, steps).await.expect_err("refused");
        let loaded = admin.loads(lines).await.expect_err("refused");
        for (status, bad) in [(stepped, 70), (loaded, 60)] {
            assert!(travels(&status) < HEADERS_MAX, "{} bytes", travels(&status));
            let details = status.get_error_details();
            let info = details.error_info().expect("a reason");
            let number = |key: &str| info.metadata[key].parse::<usize>().expect("a number");
            assert_eq!(info.reason, "LINES_REFUSED");
            assert_eq!(info.metadata["refused"], bad.to_string());
            let named = details.bad_request().expect("fields").field_violations.len();
            assert!(named >= 10, "{named}");
            assert_eq!(number("named"), named);
            assert!(number("more") >= bad - named);
        }
    }
}

#[tokio::test]
async fn a_request_repeated_with_its_ids_in_another_spelling_is_the_same() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let request = founding(world.unit("HN-BD"), "BD-95", date!(2020 - 01 - 01));
    let first = admin.organisations.found_organisation(request.clone()).await.expect("founded");
    let first = first.into_inner();
    let spellings: [fn(&str) -> String; 3] =
        [|id| id.to_uppercase(), |id| format!("{{{id}}}"), |id| id.replace('-', "")];
    for spelled in spellings {
        let again = pb::FoundOrganisationRequest {
            request_id: spelled(&request.request_id),
            superior_id: spelled(&request.superior_id),
            ..request.clone()
        };
        let answer = admin.organisations.found_organisation(again).await.expect("repeated");
        assert_eq!(answer.into_inner(), first);
    }
    let other = pb::FoundOrganisationRequest {
        request_id: request.request_id.to_uppercase(),
        ..founding(world.unit("HN-BD"), "BD-96", date!(2020 - 01 - 01))
    };
    let answer = admin.organisations.found_organisation(other).await;
    assert_eq!(refused(answer).0, "REQUEST_ID_REUSED");
}

#[test]
fn what_is_at_fault_is_named_by_its_whole_path() {
    let mut request = pb::FoundOrganisationRequest {
        name: "a\u{202e}b".to_string(),
        basis: Some(pb::Basis {
            basis: Some(pb::basis::Basis::NewDecision(pb::NewDecision {
                number: "1\0".to_string(),
                ..pb::NewDecision::default()
            })),
        }),
        ..pb::FoundOrganisationRequest::default()
    };
    let refusal = chassis::door::line("request", &mut request).expect_err("refused");
    assert_eq!(refusal.reason(), "TEXT_MALFORMED");
    let fields: Vec<_> = refusal.fields().collect();
    assert_eq!(fields, ["request.name", "request.basis.new_decision.number"]);
}

#[test]
fn a_line_is_put_in_order_with_its_list_and_refused_by_itself() {
    use pb::load_organisations_request::{Line, Lines, Part};
    let bad = Line { name: " a\u{202e}b".to_string(), code: " Q-1".to_string(), ..Line::default() };
    let lines = Lines { lines: vec![bad] };
    let mut request = pb::LoadOrganisationsRequest { part: Some(Part::Lines(lines)) };
    chassis::door::line("request", &mut request).expect("lines are looked at by themselves");
    let Some(Part::Lines(mut lines)) = request.part else { panic!("lines") };
    assert_eq!(lines.lines[0].code, "Q-1");
    let refusal = chassis::door::line("lines[7]", &mut lines.lines[0]).expect_err("refused");
    assert_eq!(refusal.fields().collect::<Vec<_>>(), ["lines[7].name"]);
}
