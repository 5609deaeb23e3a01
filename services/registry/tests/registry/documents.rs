use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

fn document(issuer: Uuid, kind: &str, number: &str, on: Date) -> pb::RecordDecisionRequest {
    pb::RecordDecisionRequest {
        request_id: fresh(),
        decision: Some(pb::NewDecision {
            issuer_id: issuer.to_string(),
            kind: kind.to_string(),
            number: number.to_string(),
            issued_on: Some(civil(on)),
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn records(actor: &mut Actor, request: pb::RecordDecisionRequest) -> String {
    let answer = actor.decisions.record_decision(request).await.expect("recorded");
    answer.into_inner().decision_id
}

fn alias(decision: &str, number: &str) -> pb::AddDecisionAliasRequest {
    pb::AddDecisionAliasRequest {
        request_id: fresh(),
        decision_id: decision.to_string(),
        number: number.to_string(),
        ..Default::default()
    }
}

async fn numbered(actor: &mut Actor, issuer: Uuid, number: &str) -> Vec<String> {
    let request = pb::ListDecisionsRequest {
        issuer_id: issuer.to_string(),
        number: number.to_string(),
        ..Default::default()
    };
    let answer = actor.decisions.list_decisions(request).await.expect("listed").into_inner();
    answer.decisions.into_iter().map(|decision| decision.decision_id).collect()
}

#[tokio::test]
async fn a_document_is_one_under_all_of_its_numbers() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let issuer = world.confederation;
    let on = date!(2011 - 01 - 06);
    let resolution = || document(issuer, "NGHI_QUYET", "6a/NQ-TLĐ", on);
    let decision = records(&mut admin, resolution()).await;
    admin.decisions.add_decision_alias(alias(&decision, "6a/NQ-BCH")).await.expect("added");
    for number in ["6a/NQ-TLĐ", "6a/NQ-BCH"] {
        assert_eq!(
            numbered(&mut admin, issuer, number).await,
            std::slice::from_ref(&decision),
            "{number}"
        );
    }
    let request = pb::GetDecisionRequest { decision_id: decision.clone() };
    let read = admin.decisions.get_decision(request).await.expect("read").into_inner();
    let aliases = read.decision.expect("a decision").aliases;
    assert_eq!((aliases.len(), aliases[0].number.as_str()), (1, "6a/NQ-BCH"));

    // Neither number comes to name another document of that day.
    for number in ["6a/NQ-TLĐ", "6a/NQ-BCH"] {
        let request = document(issuer, "NGHI_QUYET", number, on);
        let answer = admin.decisions.record_decision(request).await;
        assert_eq!(refused(answer), ("DECISION_EXISTS".into(), "decision.number".into()));
        let answer = admin.decisions.add_decision_alias(alias(&decision, number)).await;
        assert_eq!(refused(answer), ("DECISION_EXISTS".into(), "number".into()));
    }
    let again = document(issuer, "NGHI_QUYET", "6a/NQ-BCH", date!(2012 - 01 - 06));
    let other = records(&mut admin, again).await;
    assert_eq!(numbered(&mut admin, issuer, "6a/NQ-BCH").await, [other, decision.clone()]);

    let mut officer = world.actor("hanoi");
    let answer = officer.decisions.add_decision_alias(alias(&decision, "X")).await;
    assert_eq!(reason(answer), "DECISION_UNKNOWN");
    let request = pb::ListDecisionsRequest { issuer_id: issuer.to_string(), ..Default::default() };
    let answer = officer.decisions.list_decisions(request).await;
    assert_eq!(refused(answer), ("ORGANISATION_UNKNOWN".into(), "issuer_id".into()));
}

#[tokio::test]
async fn a_document_is_of_a_kind_that_there_is() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let issuer = world.confederation;
    let on = date!(2025 - 05 - 28);
    let decision = records(&mut admin, document(issuer, "CONG_VAN", "4173/TLĐ-ToC", on)).await;
    let answer = admin.decisions.record_decision(document(issuer, "THO", "1", on)).await;
    assert_eq!(refused(answer), ("DOCUMENT_KIND_UNKNOWN".into(), "decision.kind".into()));
    let request =
        pb::AddDecisionAliasRequest { kind: "THO".to_string(), ..alias(&decision, "4173") };
    let answer = admin.decisions.add_decision_alias(request).await;
    assert_eq!(refused(answer), ("DOCUMENT_KIND_UNKNOWN".into(), "kind".into()));
}

#[tokio::test]
async fn documents_of_an_issuer_come_newest_first_in_pages() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let issuer = world.unit("HN-BD");
    for month in 1..=5_u8 {
        let on = Date::from_calendar_date(2020, month.try_into().expect("a month"), 1);
        let request = document(issuer, "THONG_BAO", &format!("{month}/TB"), on.expect("a day"));
        records(&mut officer, request).await;
    }
    let mut request = pb::ListDecisionsRequest {
        issuer_id: issuer.to_string(),
        kind: "THONG_BAO".to_string(),
        page_size: 2,
        ..Default::default()
    };
    let mut numbers = Vec::new();
    loop {
        let page = officer.decisions.list_decisions(request.clone()).await.expect("listed");
        let page = page.into_inner();
        numbers.extend(page.decisions.into_iter().map(|decision| decision.number));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(numbers, ["5/TB", "4/TB", "3/TB", "2/TB", "1/TB"]);
}

#[tokio::test]
async fn what_was_done_on_a_documents_strength_is_told_within_the_readers_scope() {
    use pb::DecisionEffectKind::{Ended, Founded, HandedOver, Suspended};
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2021 - 01 - 01);
    let decision =
        records(&mut admin, document(world.unit("HN"), "QUYET_DINH", "1/QĐ-LĐLĐ", on)).await;
    let resting =
        || Some(pb::Basis { basis: Some(pb::basis::Basis::DecisionId(decision.clone())) });
    let request = pb::FoundOrganisationRequest {
        basis: resting(),
        ..founding(world.unit("HN-BD"), "BD-5", on)
    };
    let founded = admin.organisations.found_organisation(request).await.expect("founded");
    let founded = founded.into_inner().organisation_id;
    let request = pb::SuspendOrganisationRequest {
        request_id: fresh(),
        organisation_id: world.unit("TN-1").to_string(),
        basis: resting(),
        ..Default::default()
    };
    admin.organisations.suspend_organisation(request).await.expect("suspended");
    let request = pb::EndOrganisationsRequest {
        request_id: fresh(),
        units: vec![pb::end_organisations_request::Unit {
            subordinates_to_id: world.unit("HN").to_string(),
            ..dissolved(world.unit("HN-CG"))
        }],
        basis: resting(),
        ..Default::default()
    };
    admin.organisations.end_organisations(request).await.expect("ended");

    let effects = async |actor: &mut Actor, page_size: i32| {
        let mut request = pb::GetDecisionEffectsRequest {
            decision_id: decision.clone(),
            page_size,
            ..Default::default()
        };
        let mut all = Vec::new();
        loop {
            let page = actor.decisions.get_decision_effects(request.clone()).await?.into_inner();
            all.extend(page.effects);
            if page.next_page_token.is_empty() {
                let told = |effect: pb::DecisionEffect| (effect.kind(), effect.organisation_id);
                return Ok::<_, tonic::Status>(all.into_iter().map(told).collect::<Vec<_>>());
            }
            request.page_token = page.next_page_token;
        }
    };
    let unit = |code: &str| world.unit(code).to_string();
    let all = vec![
        (Founded, founded.clone()),
        (Suspended, unit("TN-1")),
        (HandedOver, unit("CG-1")),
        (Ended, unit("HN-CG")),
    ];
    for page_size in [1, 2, 0] {
        assert_eq!(effects(&mut admin, page_size).await.expect("read"), all);
    }
    // Hà Nội's officer does not learn what it did in Thái Nguyên.
    let seen: Vec<_> = all.into_iter().filter(|(kind, _)| *kind != Suspended).collect();
    assert_eq!(effects(&mut world.actor("hanoi"), 0).await.expect("read"), seen);
    let answer = effects(&mut world.actor("badinh"), 0).await;
    assert_eq!(reason(answer), "DECISION_UNKNOWN");
}

fn renaming(unit: Uuid, on: Date, decision_id: &str) -> pb::RenameOrganisationRequest {
    pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        name: "Tên khác".to_string(),
        effective_on: Some(civil(on)),
        basis: Some(pb::Basis {
            basis: Some(pb::basis::Basis::DecisionId(decision_id.to_string())),
        }),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_decision_that_is_neither_in_scope_nor_a_superiors_is_unknown_to_every_act() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2018 - 05 - 01);
    let issued = |issuer: &str| document(world.unit(issuer), "", &format!("1/{issuer}"), on);
    let foreign = records(&mut admin, issued("TN")).await;
    let superiors = records(&mut admin, issued("TLD")).await;
    let own = records(&mut admin, issued("HN-BD")).await;
    let mut officer = world.actor("hanoi");
    let unit = world.unit("BD-1");

    for (decision, answer) in [(&foreign, "unknown"), (&fresh(), "unknown")] {
        let refused_at = |field: &str| ("DECISION_UNKNOWN".to_string(), field.to_string());
        let renamed = officer.organisations.rename_organisation(renaming(unit, on, decision)).await;
        assert_eq!(refused(renamed), refused_at("basis.decision_id"), "{answer}");
        // Without a date of its own the act takes the decision's: nothing of it is told.
        let undated =
            pb::RenameOrganisationRequest { effective_on: None, ..renaming(unit, on, decision) };
        let renamed = officer.organisations.rename_organisation(undated).await;
        assert_eq!(refused(renamed), refused_at("basis.decision_id"), "{answer}");
        let ceremony = pb::HoldCeremonyRequest {
            request_id: fresh(),
            organisation_id: world.unit("HN").to_string(),
            kind: "HANDING_OVER".to_string(),
            held_on: Some(civil(on)),
            launched: vec![pb::hold_ceremony_request::Launched {
                organisation_id: unit.to_string(),
                decision_id: decision.clone(),
            }],
            ..Default::default()
        };
        let held = officer.ceremonies.hold_ceremony(ceremony).await;
        assert_eq!(refused(held), refused_at("launched[0].decision_id"), "{answer}");
        let election = pb::HoldByElectionRequest {
            request_id: fresh(),
            organisation_id: unit.to_string(),
            body: "EXECUTIVE".to_string(),
            held_on: Some(civil(on)),
            offices: vec![office("MEMBER", Uuid::now_v7())],
            consent_decision_id: decision.clone(),
            ..Default::default()
        };
        let held = officer.congresses.hold_by_election(election).await;
        assert_eq!(refused(held), refused_at("consent_decision_id"), "{answer}");
    }
    // A superior's, out of scope as it is, and one of the own scope.
    for (n, decision) in [superiors, own].iter().enumerate() {
        let on = date!(2019 - 05 - 01).saturating_add(time::Duration::days(n as i64));
        let renamed = officer.organisations.rename_organisation(renaming(unit, on, decision)).await;
        renamed.expect("renamed");
    }
    // A superior of old is one as well: whoever has come from there goes on with its papers.
    admin
        .hands_over(&[world.unit("TN-1")], world.unit("HN"), date!(2020 - 01 - 01))
        .await
        .expect("handed over");
    let renamed = renaming(world.unit("TN-1"), date!(2021 - 06 - 01), &foreign);
    officer.organisations.rename_organisation(renamed).await.expect("renamed");
}

#[tokio::test]
async fn a_decision_still_to_be_signed_is_refused_where_it_says_so() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let later = |effective_on: Option<Date>, issued_on: Date| pb::RenameOrganisationRequest {
        effective_on: None,
        basis: Some(pb::Basis {
            basis: Some(pb::basis::Basis::NewDecision(pb::NewDecision {
                number: "9/QĐ".to_string(),
                issued_on: Some(civil(issued_on)),
                effective_on: effective_on.map(civil),
                ..Default::default()
            })),
        }),
        ..renaming(world.unit("HN-BD"), ORIGIN, "")
    };
    let far = date!(2150 - 01 - 01);
    for (request, reason, field) in [
        (later(None, far), "DECISION_IN_FUTURE", "basis.new_decision.issued_on"),
        (later(Some(far), far), "DECISION_IN_FUTURE", "basis.new_decision.issued_on"),
        (later(Some(far), ORIGIN), "EFFECTIVE_DATE_TOO_FAR", "effective_on"),
    ] {
        let answer = officer.organisations.rename_organisation(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
}
