//! Bodies are judged by the members that their congress was held for, and by the rules of its
//! day.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

/// While the guidance of December 2024 was in force.
const UNDER_HD_38: Date = date!(2025 - 03 - 01);
/// Since the plan of August 2025 is.
const UNDER_KH_22: Date = date!(2025 - 10 - 01);

/// A congress that elects an executive of so many, for so many members.
fn congress(
    unit: Uuid,
    ordinal: i32,
    held_on: Date,
    members: i32,
    executive: usize,
) -> pb::HoldCongressRequest {
    pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        ordinal,
        held_on: Some(civil(held_on)),
        term_from_year: held_on.year(),
        term_to_year: held_on.year() + 5,
        form: "PLENARY".to_string(),
        member_count: members,
        offices: seats("EXECUTIVE", executive),
        ..Default::default()
    }
}

/// So many seats of a body: a chair and members.
fn seats(body: &str, count: usize) -> Vec<pb::NewOffice> {
    let positions = std::iter::once("CHAIR").chain(std::iter::repeat("MEMBER"));
    positions
        .take(count)
        .map(|position| pb::NewOffice {
            body: body.to_string(),
            ..office(position, Uuid::now_v7())
        })
        .collect()
}

fn size(body: &str, seats: i32) -> pb::BodySize {
    pb::BodySize { body: body.to_string(), seats }
}

/// A decision of an organisation, recorded for itself.
async fn decision_of(actor: &mut Actor, issuer: Uuid, on: Date) -> String {
    let Some(pb::basis::Basis::NewDecision(decision)) = decided(on).basis else {
        panic!("a new decision")
    };
    let request = pb::RecordDecisionRequest {
        request_id: fresh(),
        decision: Some(pb::NewDecision { issuer_id: issuer.to_string(), ..decision }),
        ..Default::default()
    };
    actor.decisions.record_decision(request).await.expect("recorded").into_inner().decision_id
}

async fn outcome(actor: &mut Actor, request: pb::HoldCongressRequest) -> String {
    let request = pb::HoldCongressRequest { validate_only: true, ..request };
    match actor.congresses.hold_congress(request).await {
        Ok(_) => "HELD".to_string(),
        Err(status) => reason::<()>(Err(status)),
    }
}

#[tokio::test]
async fn the_cap_of_an_executive_goes_by_the_members_and_the_rule_of_the_day() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    for (held_on, members, most) in [
        (UNDER_HD_38, 29, 3),
        (UNDER_HD_38, 30, 7),
        (UNDER_HD_38, 149, 7),
        (UNDER_KH_22, 29, 3),
        (UNDER_KH_22, 49, 3),
        (UNDER_KH_22, 50, 5),
        (UNDER_KH_22, 199, 9),
    ] {
        let of = |seats| congress(unit, 1, held_on, members, seats);
        let case = format!("{members} members on {held_on}");
        assert_eq!(outcome(&mut officer, of(most)).await, "HELD", "{case}");
        assert_eq!(outcome(&mut officer, of(most + 1)).await, "BODY_TOO_LARGE", "{case}");
    }
    // The last day of the one and the first of the other.
    for (held_on, expected) in
        [(date!(2025 - 08 - 28), "HELD"), (date!(2025 - 08 - 29), "BODY_TOO_LARGE")]
    {
        assert_eq!(outcome(&mut officer, congress(unit, 1, held_on, 40, 7)).await, expected);
    }
    // Before any rule on sizes, none is judged and no number of members is asked for.
    let before = congress(unit, 1, date!(2020 - 06 - 01), 0, 40);
    assert_eq!(outcome(&mut officer, before).await, "HELD");
}

#[tokio::test]
async fn delegates_meet_from_150_members_on_and_since_the_plan_of_2025_from_200() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    for (held_on, members, form) in [
        (date!(2019 - 06 - 01), 149, "PLENARY"),
        (date!(2019 - 06 - 01), 150, "DELEGATE"),
        (UNDER_HD_38, 150, "DELEGATE"),
        (UNDER_KH_22, 199, "PLENARY"),
        (UNDER_KH_22, 200, "DELEGATE"),
    ] {
        for asked in ["PLENARY", "DELEGATE"] {
            let request = pb::HoldCongressRequest {
                form: asked.to_string(),
                ..congress(unit, 1, held_on, members, 3)
            };
            let expected = if asked == form { "HELD" } else { "CONGRESS_FORM_NOT_ALLOWED" };
            let case = format!("{asked} of {members} on {held_on}");
            assert_eq!(outcome(&mut officer, request).await, expected, "{case}");
        }
    }
}

#[tokio::test]
async fn every_rule_on_sizes_refuses_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let own = decision_of(&mut officer, unit, UNDER_KH_22).await;
    let good = || congress(unit, 1, UNDER_KH_22, 160, 9);
    let decides = |sizes: Vec<pb::BodySize>| pb::HoldCongressRequest { sizes, ..good() };
    let with_standing = |standing: usize| pb::HoldCongressRequest {
        offices: [seats("EXECUTIVE", 9), seats("STANDING", standing)].concat(),
        ..good()
    };
    for (reason, field, request) in [
        ("MEMBER_COUNT_REQUIRED", "member_count", congress(unit, 1, UNDER_KH_22, 0, 3)),
        ("MEMBER_COUNT_INVALID", "member_count", congress(unit, 1, UNDER_KH_22, -1, 3)),
        ("BODY_TOO_LARGE", "offices", congress(unit, 1, UNDER_KH_22, 160, 10)),
        ("BODY_TOO_LARGE", "sizes[0].seats", decides(vec![size("EXECUTIVE", 10)])),
        (
            "BODY_TOO_SMALL",
            "sizes[0].seats",
            pb::HoldCongressRequest { offices: vec![], ..decides(vec![size("EXECUTIVE", 4)]) },
        ),
        ("SEATS_EXCEEDED", "sizes[0].seats", decides(vec![size("EXECUTIVE", 8)])),
        ("BODY_SIZE_INVALID", "sizes[0].seats", decides(vec![size("EXECUTIVE", 0)])),
        (
            "BODY_SIZE_INVALID",
            "sizes[1].body",
            decides(vec![size("EXECUTIVE", 9), size("EXECUTIVE", 9)]),
        ),
        ("BODY_UNKNOWN", "sizes[0].body", decides(vec![size("WOMEN", 3)])),
        ("BODY_TOO_LARGE", "offices", with_standing(4)),
        ("MERGER_UNKNOWN", "merged", pb::HoldCongressRequest { merged: true, ..good() }),
        (
            "DECISION_UNKNOWN",
            "consent_decision_id",
            pb::HoldCongressRequest { consent_decision_id: fresh(), ..good() },
        ),
        (
            "CONSENT_NOT_SUPERIORS",
            "consent_decision_id",
            pb::HoldCongressRequest { consent_decision_id: own, ..good() },
        ),
    ] {
        let answer = officer.congresses.hold_congress(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    assert_eq!(outcome(&mut officer, with_standing(3)).await, "HELD");
}

#[tokio::test]
async fn with_a_superiors_consent_a_body_is_a_tenth_larger_and_the_form_another() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let unit = world.unit("BD-1");
    let consent = decision_of(&mut officer, world.unit("HN"), UNDER_KH_22).await;
    // 500 members: eleven seats, with consent twelve.
    let asked = |seats, consent: &str| pb::HoldCongressRequest {
        form: "DELEGATE".to_string(),
        consent_decision_id: consent.to_string(),
        ..congress(unit, 1, UNDER_KH_22, 500, seats)
    };
    assert_eq!(outcome(&mut officer, asked(12, "")).await, "BODY_TOO_LARGE");
    assert_eq!(outcome(&mut officer, asked(12, &consent)).await, "HELD");
    assert_eq!(outcome(&mut officer, asked(13, &consent)).await, "BODY_TOO_LARGE");
    let plenary = |consent: &str| pb::HoldCongressRequest {
        form: "PLENARY".to_string(),
        ..asked(11, consent)
    };
    assert_eq!(outcome(&mut officer, plenary("")).await, "CONGRESS_FORM_NOT_ALLOWED");
    assert_eq!(outcome(&mut officer, plenary(&consent)).await, "HELD");

    let before = world.changes().await;
    officer.congresses.hold_congress(asked(12, &consent)).await.expect("held");
    let changes = world.published_since(before).await;
    let [Change::CongressHeld(told)] = changes.as_slice() else { panic!("published: {changes:?}") };
    assert_eq!(told.member_count, 500);
}

#[tokio::test]
async fn after_a_merger_a_body_has_as_many_seats_as_those_before_had_together() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (kept, merged) = (world.unit("BD-1"), world.unit("BD-2"));
    for unit in [kept, merged] {
        let held = congress(unit, 1, date!(2022 - 06 - 01), 40, 5);
        officer.congresses.hold_congress(held).await.expect("held");
    }
    let united = pb::HoldCongressRequest { merged: true, ..congress(kept, 2, UNDER_KH_22, 90, 10) };
    assert_eq!(outcome(&mut officer, united.clone()).await, "MERGER_UNKNOWN");
    let end = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: kept.to_string(),
        members_outcome: pb::MembersOutcome::Rehomed.into(),
        rehome_to_id: kept.to_string(),
        ..dissolved(merged)
    };
    officer.ends(vec![end], date!(2025 - 09 - 15)).await.expect("ended");
    let stated = |merged| pb::HoldCongressRequest { merged, ..united.clone() };
    assert_eq!(outcome(&mut officer, stated(false)).await, "BODY_TOO_LARGE");
    assert_eq!(outcome(&mut officer, stated(true)).await, "HELD");
    let larger = pb::HoldCongressRequest { offices: seats("EXECUTIVE", 11), ..united };
    assert_eq!(outcome(&mut officer, larger).await, "BODY_TOO_LARGE");
}

#[tokio::test]
async fn more_are_elected_between_congresses_than_their_share_only_with_consent() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    // Two thirds of a union's executive of six, half of a district's.
    for (unit, limit) in [(world.unit("BD-1"), 4), (world.unit("HN-CG"), 3)] {
        let held = congress(unit, 1, date!(2021 - 06 - 01), 40, 6);
        let held = officer.congresses.hold_congress(held).await.expect("held").into_inner();
        // Seats fall vacant, but whom the term has elected anew counts all the same.
        let end = pb::EndOfficesRequest {
            request_id: fresh(),
            office_ids: held.office_ids[1..].to_vec(),
            effective_on: Some(civil(date!(2022 - 01 - 01))),
            ..Default::default()
        };
        officer.congresses.end_offices(end).await.expect("ended");
        let by_election = |count: usize, consent: &str| pb::HoldByElectionRequest {
            request_id: fresh(),
            organisation_id: unit.to_string(),
            body: "EXECUTIVE".to_string(),
            held_on: Some(civil(date!(2022 - 03 - 01))),
            offices: seats("EXECUTIVE", count + 1).split_off(1),
            consent_decision_id: consent.to_string(),
            ..Default::default()
        };
        officer.congresses.hold_by_election(by_election(limit, "")).await.expect("elected");
        let answer = officer.congresses.hold_by_election(by_election(1, "")).await;
        assert_eq!(refused(answer), ("CO_OPTED_TOO_MANY".into(), "offices".into()));
        let own = decision_of(&mut officer, unit, date!(2022 - 02 - 01)).await;
        let answer = officer.congresses.hold_by_election(by_election(1, &own)).await;
        assert_eq!(reason(answer), "CONSENT_NOT_SUPERIORS");
        let consent = decision_of(&mut officer, world.unit("HN"), date!(2022 - 02 - 01)).await;
        officer.congresses.hold_by_election(by_election(1, &consent)).await.expect("elected");
    }
}

#[tokio::test]
async fn a_by_election_fills_no_more_seats_than_the_congress_decided() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let held = pb::HoldCongressRequest {
        sizes: vec![size("EXECUTIVE", 5)],
        ..congress(unit, 1, UNDER_KH_22, 90, 4)
    };
    officer.congresses.hold_congress(held).await.expect("held");
    let by_election = || pb::HoldByElectionRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        body: "EXECUTIVE".to_string(),
        held_on: Some(civil(date!(2025 - 11 - 01))),
        offices: vec![office("MEMBER", Uuid::now_v7())],
        ..Default::default()
    };
    officer.congresses.hold_by_election(by_election()).await.expect("elected");
    let answer = officer.congresses.hold_by_election(by_election()).await;
    assert_eq!(refused(answer), ("SEATS_EXCEEDED".into(), "offices".into()));
}
