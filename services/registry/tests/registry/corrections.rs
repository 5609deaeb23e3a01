//! What was recorded wrongly is known otherwise, and acts of the past hold until the next.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::correct_organisation_request::Attribute;
use proto::registry::v1::registry_change::Change;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::*;

fn correction(unit: Uuid, attribute: Attribute) -> pb::CorrectOrganisationRequest {
    pb::CorrectOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        reason: "Ghi nhầm".to_string(),
        attribute: Some(attribute),
        ..Default::default()
    }
}

fn superior(unit: Uuid) -> Attribute {
    Attribute::SuperiorId(unit.to_string())
}

async fn corrects(
    actor: &mut Actor,
    request: pb::CorrectOrganisationRequest,
) -> Result<(), Status> {
    actor.corrections.correct_organisation(request).await.map(|_| ())
}

#[tokio::test]
async fn a_handing_over_told_late_holds_until_the_next_one() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let (early, late) = (date!(2018 - 01 - 01), date!(2020 - 01 - 01));
    admin.hands_over(&[unit], world.unit("HN-GD"), late).await.expect("handed over");
    admin.hands_over(&[unit], world.unit("HN-CG"), early).await.expect("told late");
    for (on, expected) in
        [(date!(2017 - 12 - 31), "HN-BD"), (early, "HN-CG"), (late, "HN-GD"), (today(), "HN-GD")]
    {
        let read = admin.reads(unit, Some(on)).await.expect("read");
        assert_eq!(read.superior_id, world.unit(expected).to_string(), "{on}");
    }
    // A superior that ended later than that is one all the same; one that ended before is not.
    admin.ends(vec![dissolved(world.unit("CG-1"))], late).await.expect("ended");
    let end = date!(2019 - 01 - 01);
    let other = admin.founds(world.unit("HN"), "HN-1", ORIGIN).await.expect("founded");
    admin.hands_over(&[other], world.unit("HN-BD"), end).await.expect("handed over");
    let answer = admin.hands_over(&[other], world.unit("HN-BD"), end).await;
    assert_eq!(reason(answer), "LATER_ACT_KNOWN");
}

#[tokio::test]
async fn a_name_told_late_is_borne_until_the_next_one() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let renames = |name: &str, on: Date| pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        name: name.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let (early, late) = (date!(2018 - 01 - 01), date!(2020 - 01 - 01));
    admin.organisations.rename_organisation(renames("Sau", late)).await.expect("renamed");
    admin.organisations.rename_organisation(renames("Trước", early)).await.expect("told late");
    for (on, name) in [
        (ORIGIN, "Công đoàn BD-1"),
        (early, "Trước"),
        (date!(2019 - 12 - 31), "Trước"),
        (late, "Sau"),
    ] {
        assert_eq!(admin.reads(unit, Some(on)).await.expect("read").name, name);
    }
}

#[tokio::test]
async fn a_corrected_place_is_known_of_its_days_and_the_old_belief_can_be_asked() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let before = OffsetDateTime::now_utc();
    let (from, until) = (date!(2015 - 01 - 01), date!(2016 - 01 - 01));
    let request = pb::CorrectOrganisationRequest {
        from_on: Some(civil(from)),
        until_on: Some(civil(until)),
        ..correction(unit, superior(world.unit("HN-CG")))
    };
    corrects(&mut admin, request.clone()).await.expect("corrected");
    for (on, expected) in [(date!(2014 - 12 - 31), "HN-BD"), (from, "HN-CG"), (until, "HN-BD")] {
        let read = admin.reads(unit, Some(on)).await.expect("read");
        assert_eq!(read.superior_id, world.unit(expected).to_string(), "{on}");
    }
    let asked = pb::GetOrganisationRequest {
        organisation_id: unit.to_string(),
        as_of: Some(civil(from)),
        known_at: Some(instant(before)),
    };
    let believed = admin.organisations.get_organisation(asked).await.expect("read").into_inner();
    let believed = believed.organisation.expect("an organisation").superior_id;
    assert_eq!(believed, world.unit("HN-BD").to_string());
    let (_, on, last) = world.published().await.pop().expect("a change");
    let Change::TimelinesCorrected(corrected) = last else { panic!("{last:?}") };
    assert_eq!((on, corrected.timelines[0].superiors.len()), (from, 3));

    let again = pb::CorrectOrganisationRequest { request_id: fresh(), ..request };
    assert_eq!(reason(corrects(&mut admin, again).await), "CORRECTION_CHANGES_NOTHING");
}

#[tokio::test]
async fn every_attribute_can_be_corrected() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let name = pb::correct_organisation_request::Name {
        name: "Tên đúng".to_string(),
        short_name: "TĐ".to_string(),
    };
    let end = date!(2024 - 01 - 01);
    admin.ends(vec![dissolved(unit)], end).await.expect("ended");
    for attribute in [
        Attribute::Name(name),
        Attribute::Sector("HC".to_string()),
        Attribute::Code("BD-1X".to_string()),
        Attribute::Status("SUSPENDED".to_string()),
        Attribute::Type("ND_CS".to_string()),
        Attribute::FoundedOn(civil(date!(2012 - 01 - 01))),
        Attribute::EndedOn(civil(date!(2023 - 01 - 01))),
        superior(world.unit("HN-CG")),
    ] {
        corrects(&mut admin, correction(unit, attribute)).await.expect("corrected");
    }
    let read = admin.reads(unit, Some(date!(2020 - 01 - 01))).await.expect("read");
    assert_eq!((read.name.as_str(), read.sector.as_str()), ("Tên đúng", "HC"));
    assert_eq!((read.code.as_str(), read.r#type.as_str()), ("BD-1X", "ND_CS"));
    assert_eq!(read.founded_on, Some(civil(date!(2012 - 01 - 01))));
    assert_eq!(read.superior_id, world.unit("HN-CG").to_string());
    assert_eq!(read.status(), pb::OrganisationStatus::Suspended);
    let after = admin.reads(unit, Some(date!(2023 - 01 - 01))).await.expect("read");
    assert_eq!(after.status(), pb::OrganisationStatus::Ended);
}

#[tokio::test]
async fn every_rule_of_a_correction_refuses_and_changes_nothing() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (unit, district) = (world.unit("BD-1"), world.unit("HN-BD"));
    let ended = world.unit("HN-CG");
    admin.ends(vec![dissolved(world.unit("CG-1"))], date!(2019 - 01 - 01)).await.expect("ended");
    admin.ends(vec![dissolved(ended)], date!(2020 - 01 - 01)).await.expect("ended");
    let before = world.changes().await;
    let code = |code: &str| Attribute::Code(code.to_string());
    let on = |on: Date| Some(civil(on));
    for (expected, request) in [
        (
            "ATTRIBUTE_REQUIRED",
            pb::CorrectOrganisationRequest { attribute: None, ..correction(unit, code("X")) },
        ),
        ("STATUS_NOT_CORRECTABLE", correction(unit, Attribute::Status("ENDED".to_string()))),
        (
            "CORRECTION_REASON_REQUIRED",
            pb::CorrectOrganisationRequest { reason: String::new(), ..correction(unit, code("X")) },
        ),
        (
            "PERIOD_INVALID",
            pb::CorrectOrganisationRequest {
                from_on: on(date!(2009 - 01 - 01)),
                ..correction(unit, code("X"))
            },
        ),
        (
            "PERIOD_INVALID",
            pb::CorrectOrganisationRequest { until_on: on(ORIGIN), ..correction(unit, code("X")) },
        ),
        ("ORGANISATION_UNKNOWN", correction(Uuid::now_v7(), code("X"))),
        ("ORGANISATION_UNKNOWN", correction(unit, superior(Uuid::now_v7()))),
        ("CODE_TAKEN", correction(unit, code("BD-2"))),
        ("SECTOR_UNKNOWN", correction(unit, Attribute::Sector("X".to_string()))),
        ("CONFEDERATION_FIXED", correction(world.confederation, superior(world.unit("HN")))),
        ("WOULD_FORM_CYCLE", correction(unit, superior(unit))),
        ("SUPERIOR_NOT_LIVING", correction(unit, superior(ended))),
        ("SUPERIOR_TYPE_NOT_ALLOWED", correction(unit, superior(world.confederation))),
        ("DATE_OUTSIDE_LIFE", correction(unit, Attribute::EndedOn(civil(today())))),
        (
            "SUPERIOR_NOT_LIVING",
            correction(district, Attribute::FoundedOn(civil(date!(2011 - 01 - 01)))),
        ),
        (
            "SUPERIOR_NOT_LIVING",
            correction(ended, Attribute::EndedOn(civil(date!(2018 - 01 - 01)))),
        ),
    ] {
        let answer = corrects(&mut admin, request.clone()).await;
        assert_eq!(reason(answer), expected, "{request:?}");
    }
    let renamed = pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        name: "Mới".to_string(),
        effective_on: on(date!(2012 - 01 - 01)),
        ..Default::default()
    };
    assert_eq!(world.changes().await, before);
    admin.organisations.rename_organisation(renamed).await.expect("renamed");
    let answer =
        corrects(&mut admin, correction(unit, Attribute::FoundedOn(civil(date!(2013 - 01 - 01)))))
            .await;
    assert_eq!(reason(answer), "LIFE_CONTRADICTED");
    let mut outside = world.actor("badinh");
    let answer = corrects(&mut outside, correction(world.unit("GD-1"), code("X"))).await;
    assert_eq!(reason(answer), "ORGANISATION_UNKNOWN");
}

#[tokio::test]
async fn a_corrected_end_takes_territory_and_joint_direction_along() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (unit, union) = (world.unit("HN-BD"), world.unit("GD-1"));
    let (begun, end) = (date!(2015 - 01 - 01), date!(2020 - 01 - 01));
    let request = pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        communes_added: vec!["00001".to_string()],
        effective_on: Some(civil(begun)),
        ..Default::default()
    };
    admin.attributes.change_territory(request).await.expect("came");
    let request = pb::BeginJointDirectionRequest {
        request_id: fresh(),
        organisation_id: union.to_string(),
        director_id: unit.to_string(),
        effective_on: Some(civil(begun)),
        ..Default::default()
    };
    admin.attributes.begin_joint_direction(request).await.expect("begun");
    admin
        .hands_over(&[world.unit("BD-1"), world.unit("BD-2")], world.unit("HN-CG"), begun)
        .await
        .expect("handed over");
    admin.ends(vec![dissolved(unit)], end).await.expect("ended");

    let (later, earlier) = (date!(2022 - 01 - 01), date!(2018 - 01 - 01));
    for ended_on in [later, earlier] {
        let attribute = Attribute::EndedOn(civil(ended_on));
        corrects(&mut admin, correction(unit, attribute)).await.expect("corrected");
        let last = ended_on.previous_day().expect("a day");
        let held = admin.details(unit, last, None).await.territory;
        assert_eq!(held.len(), 1, "the last day before {ended_on}");
        assert_eq!(admin.details(union, last, None).await.director_ids, [unit.to_string()]);
        assert!(admin.details(unit, ended_on, None).await.territory.is_empty());
        assert!(admin.details(union, ended_on, None).await.director_ids.is_empty());
    }
}

/// Found by a random history: the end came to lie on the day of the last move, and the move was
/// forgotten.
#[tokio::test]
async fn an_end_is_not_corrected_to_a_day_on_which_something_else_began() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (moved, suspended) = (world.unit("BD-1"), world.unit("BD-2"));
    let (on, end) = (date!(2020 - 01 - 01), date!(2020 - 03 - 01));
    admin.hands_over(&[moved], world.unit("HN-CG"), on).await.expect("handed over");
    admin.suspends(suspended, on).await.expect("suspended");
    for unit in [moved, suspended] {
        admin.ends(vec![dissolved(unit)], end).await.expect("ended");
        let before = world.changes().await;
        let attribute = Attribute::EndedOn(civil(on));
        let answer = corrects(&mut admin, correction(unit, attribute)).await;
        assert_eq!(reason(answer), "LIFE_CONTRADICTED");
        assert_eq!(world.changes().await, before);
        let day = on.next_day().expect("a day");
        let attribute = Attribute::EndedOn(civil(day));
        corrects(&mut admin, correction(unit, attribute)).await.expect("corrected");
    }
    let read = admin.reads(moved, Some(on)).await.expect("read");
    assert_eq!(read.superior_id, world.unit("HN-CG").to_string());
}

#[tokio::test]
async fn territory_seal_other_names_and_joint_direction_can_be_corrected_too() {
    use pb::correct_organisation_request::{Alias, JointDirection, SealAndAccount, TerritoryPart};
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (unit, union) = (world.unit("HN-BD"), world.unit("GD-1"));
    let (from, until) = (date!(2015 - 01 - 01), date!(2018 - 01 - 01));
    let before = OffsetDateTime::now_utc();
    let over = |request: pb::CorrectOrganisationRequest| pb::CorrectOrganisationRequest {
        request_id: fresh(),
        from_on: Some(civil(from)),
        until_on: Some(civil(until)),
        ..request
    };
    let commune = |held| {
        let commune = "00001".to_string();
        over(correction(unit, Attribute::Territory(TerritoryPart { commune, held })))
    };
    let alias = |alias: &str, known| {
        over(correction(unit, Attribute::Alias(Alias { alias: alias.to_string(), known })))
    };
    let seal = |seal: pb::SealStatus| {
        let seal = SealAndAccount { seal: seal.into(), ..Default::default() };
        over(correction(unit, Attribute::SealAndAccount(seal)))
    };
    let directed = |director: Uuid, directs| {
        let director_id = director.to_string();
        over(correction(union, Attribute::JointDirection(JointDirection { director_id, directs })))
    };
    let all = |held: bool| [commune(held), alias("Quận Ba Đình", held), directed(unit, held)];
    for request in all(true).into_iter().chain([seal(pb::SealStatus::InUse)]) {
        corrects(&mut admin, request.clone()).await.expect("corrected");
        let again = pb::CorrectOrganisationRequest { request_id: fresh(), ..request };
        assert_eq!(reason(corrects(&mut admin, again).await), "CORRECTION_CHANGES_NOTHING");
    }
    let known = async |admin: &mut Actor, on: Date, known_at| {
        let own = admin.details(unit, on, known_at).await;
        let of_union = admin.details(union, on, known_at).await;
        (own.territory.len(), own.aliases.len(), of_union.director_ids.len(), own.seal())
    };
    let last = until.previous_day().expect("a day");
    let day_before = from.previous_day().expect("a day");
    let none = (0, 0, 0, pb::SealStatus::Unspecified);
    let whole = (1, 1, 1, pb::SealStatus::InUse);
    for (on, expected) in [(day_before, none), (from, whole), (last, whole), (until, none)] {
        assert_eq!(known(&mut admin, on, None).await, expected, "{on}");
    }
    assert_eq!(known(&mut admin, from, Some(before)).await, none, "nobody knew that then");

    // Of one day in the middle it was otherwise.
    let meanwhile = OffsetDateTime::now_utc();
    let day = date!(2016 - 06 - 01);
    let next = day.next_day();
    for request in all(false).into_iter().chain([seal(pb::SealStatus::Lost)]) {
        let request = pb::CorrectOrganisationRequest {
            from_on: Some(civil(day)),
            until_on: next.map(civil),
            ..request
        };
        corrects(&mut admin, request).await.expect("corrected");
    }
    assert_eq!(known(&mut admin, day, None).await, (0, 0, 0, pb::SealStatus::Lost));
    assert_eq!(known(&mut admin, next.expect("a day"), None).await, whole);
    assert_eq!(known(&mut admin, day, Some(meanwhile)).await, whole);
    let act = world.published().await.last().expect("an act").0;
    admin.undoes(act).await.expect("undone");
    assert_eq!(known(&mut admin, day, None).await, (0, 0, 0, pb::SealStatus::InUse));

    let published = world.changes().await;
    let other = |given: &str| {
        let part = TerritoryPart { commune: given.to_string(), held: true };
        over(correction(unit, Attribute::Territory(part)))
    };
    for (expected, request) in [
        ("COMMUNE_UNKNOWN", other("99999")),
        // Another commune has borne the code since 2025.
        ("COMMUNE_UNKNOWN", pb::CorrectOrganisationRequest { until_on: None, ..other("00004") }),
        (
            "TERRITORY_NOT_ALLOWED",
            pb::CorrectOrganisationRequest { organisation_id: union.to_string(), ..other("00004") },
        ),
        (
            "COMMUNE_TAKEN",
            pb::CorrectOrganisationRequest {
                organisation_id: world.unit("HN-CG").to_string(),
                ..commune(true)
            },
        ),
        ("SEAL_REQUIRED", seal(pb::SealStatus::Unspecified)),
        ("DIRECTOR_IS_SUPERIOR", directed(world.unit("HN-GD"), true)),
        ("SUPERIOR_TYPE_NOT_ALLOWED", directed(world.unit("BD-1"), true)),
        ("CORRECTION_CHANGES_NOTHING", directed(world.unit("HN-CG"), false)),
        ("CORRECTION_CHANGES_NOTHING", alias("Khác", false)),
    ] {
        let answer = corrects(&mut admin, request.clone()).await;
        assert_eq!(reason(answer), expected, "{request:?}");
    }
    assert_eq!(world.changes().await, published);
}

#[tokio::test]
async fn a_decision_that_nobody_knows_is_refused_by_every_act_that_rests_on_one() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (unit, on) = (world.unit("BD-1"), date!(2020 - 01 - 01));
    let basis = || pb::Basis { basis: Some(pb::basis::Basis::DecisionId(fresh())) };
    let correcting = pb::CorrectOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        attribute: Some(pb::correct_organisation_request::Attribute::Sector("HC".to_string())),
        basis: Some(basis()),
        ..Default::default()
    };
    let answer = admin.corrections.correct_organisation(correcting).await;
    assert_eq!(refused(answer), ("DECISION_UNKNOWN".into(), "basis.decision_id".into()));
    use pb::load_organisations_request::{Header, Lines, Part};
    let header = Header { request_id: fresh(), basis: Some(basis()), ..Default::default() };
    let lines = Lines { lines: vec![line("L-1", "CDCS", "HC", "HN")] };
    let parts = [Part::Header(header), Part::Lines(lines)]
        .map(|part| pb::LoadOrganisationsRequest { part: Some(part) });
    let answer = admin.organisations.load_organisations(tokio_stream::iter(parts)).await;
    assert_eq!(reason(answer), "DECISION_UNKNOWN");
    let held = pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        ordinal: 1,
        held_on: Some(civil(on)),
        term_from_year: 2020,
        term_to_year: 2025,
        form: "PLENARY".to_string(),
        basis: Some(basis()),
        ..Default::default()
    };
    assert_eq!(reason(admin.congresses.hold_congress(held).await), "DECISION_UNKNOWN");
}

#[tokio::test]
async fn no_correction_speaks_of_days_that_no_act_may_speak_of() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let far = Some(civil(date!(2150 - 01 - 01)));
    let of = |attribute| correction(world.unit("BD-1"), attribute);
    let named = || {
        Attribute::Name(pb::correct_organisation_request::Name {
            name: "Tên khác".to_string(),
            ..Default::default()
        })
    };
    for attribute in [
        named(),
        Attribute::Code("BD-X".to_string()),
        Attribute::Sector("HC".to_string()),
        superior(world.unit("HN-CG")),
    ] {
        let request = pb::CorrectOrganisationRequest { from_on: far, ..of(attribute.clone()) };
        let answer = corrects(&mut admin, request).await;
        let expected = ("EFFECTIVE_DATE_TOO_FAR".to_string(), "from_on".to_string());
        assert_eq!(refused(answer), expected, "{attribute:?}");
        let request = pb::CorrectOrganisationRequest { until_on: far, ..of(attribute.clone()) };
        let answer = corrects(&mut admin, request).await;
        let expected = ("EFFECTIVE_DATE_TOO_FAR".to_string(), "until_on".to_string());
        assert_eq!(refused(answer), expected, "{attribute:?}");
    }
}
