use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::world::*;

fn recognising(
    unit: Uuid,
    kind: pb::RecognitionKind,
    on: Date,
) -> pb::RecogniseOrganisationRequest {
    pb::RecogniseOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        kind: kind.into(),
        basis: Some(decided(on)),
        ..Default::default()
    }
}

fn changing(unit: Uuid, type_code: &str, on: Date) -> pb::ChangeTypeRequest {
    pb::ChangeTypeRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        r#type: type_code.to_string(),
        basis: Some(decided(on)),
        ..Default::default()
    }
}

fn part(code: &str, share: i32) -> pb::split_off_request::Part {
    pb::split_off_request::Part {
        code: code.to_string(),
        name: format!("Công đoàn {code}"),
        share,
        ..Default::default()
    }
}

fn splitting(unit: Uuid, parts: Vec<pb::split_off_request::Part>, on: Date) -> pb::SplitOffRequest {
    pb::SplitOffRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        parts,
        basis: Some(decided(on)),
        ..Default::default()
    }
}

async fn holds_congress(
    actor: &mut Actor,
    unit: Uuid,
    ordinal: i32,
    held_on: Date,
) -> Result<(), Status> {
    let request = pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        ordinal,
        held_on: Some(civil(held_on)),
        term_from_year: held_on.year(),
        term_to_year: held_on.year() + 5,
        form: "PLENARY".to_string(),
        ..Default::default()
    };
    actor.congresses.hold_congress(request).await?;
    Ok(())
}

/// Shares as the register keeps them: successor, share, whole, principal.
async fn shares(world: &World, predecessor: Uuid) -> Vec<(Uuid, i32, i32, bool)> {
    sqlx::query_as(
        "select successor_id, share, share_whole, principal from organisation_succession
         where predecessor_id = $1 and upper_inf(recorded) order by share desc, successor_id",
    )
    .bind(predecessor)
    .fetch_all(&mut world.look().await)
    .await
    .expect("read")
}

fn renaming(unit: Uuid, name: &str, on: Date) -> pb::RenameOrganisationRequest {
    pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        name: name.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_superior_recognises_a_union_once_and_its_committee_after_each_election() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let founded = pb::FoundOrganisationRequest {
        congress_on: Some(civil(date!(2024 - 02 - 20))),
        ..founding(world.unit("HN-BD"), "BD-9", date!(2024 - 03 - 01))
    };
    let founded = officer.organisations.found_organisation(founded).await.expect("founded");
    let unit = id(&founded.into_inner().organisation_id);
    let kind = pb::RecognitionKind::Organisation;
    let before = world.changes().await;
    let request = recognising(unit, kind, date!(2024 - 03 - 08));
    officer.life_cycle.recognise_organisation(request).await.expect("recognised");
    assert!(matches!(
        world.published_since(before).await.as_slice(),
        [Change::DecisionRecorded(_), Change::OrganisationRecognised(told)]
            if told.kind() == kind && told.organisation_id == unit.to_string()
    ));
    let committee = pb::RecognitionKind::Executive;
    for on in [date!(2024 - 03 - 08), date!(2026 - 01 - 10)] {
        let request = recognising(unit, committee, on);
        officer.life_cycle.recognise_organisation(request).await.expect("recognised");
    }

    for (as_of, recognised, committee) in [
        (date!(2024 - 03 - 07), None, None),
        (date!(2025 - 01 - 01), Some(date!(2024 - 03 - 08)), Some(date!(2024 - 03 - 08))),
        (date!(2026 - 02 - 01), Some(date!(2024 - 03 - 08)), Some(date!(2026 - 01 - 10))),
    ] {
        let details = officer.details(unit, as_of, None).await;
        assert_eq!(details.founding_route(), pb::FoundingRoute::Congress);
        assert_eq!(details.recognised_on, recognised.map(civil));
        assert_eq!(details.executive_recognised_on, committee.map(civil));
    }

    let refusals = [
        ("RECOGNITION_EXISTS", recognising(unit, kind, date!(2025 - 01 - 01))),
        ("RECOGNITION_EXISTS", recognising(unit, committee, date!(2024 - 03 - 08))),
        (
            "RECOGNITION_KIND_REQUIRED",
            recognising(unit, pb::RecognitionKind::Unspecified, date!(2025 - 01 - 01)),
        ),
        ("DATE_OUTSIDE_LIFE", recognising(unit, committee, date!(2024 - 02 - 29))),
        ("ORGANISATION_UNKNOWN", recognising(world.unit("HN-BD"), kind, date!(2024 - 03 - 08))),
        (
            "DECISION_REQUIRED",
            pb::RecogniseOrganisationRequest {
                basis: None,
                ..recognising(unit, committee, date!(2025 - 01 - 01))
            },
        ),
    ];
    for (reason, request) in refusals {
        let answer = officer.life_cycle.recognise_organisation(request).await;
        assert_eq!(self::reason(answer), reason);
    }
    let request = recognising(world.confederation, kind, date!(2024 - 03 - 08));
    let answer = world.actor("admin").life_cycle.recognise_organisation(request).await;
    assert_eq!(reason(answer), "CONFEDERATION_FIXED");
}

#[tokio::test]
async fn a_founding_by_congress_names_the_congress_and_one_by_appointment_has_none() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let on = date!(2024 - 03 - 01);
    let by = |code: &str, route: pb::FoundingRoute, congress_on: Option<Date>| {
        pb::FoundOrganisationRequest {
            founding_route: route.into(),
            congress_on: congress_on.map(civil),
            ..founding(world.unit("HN-BD"), code, on)
        }
    };
    for request in [
        by("BD-7", pb::FoundingRoute::Congress, None),
        by("BD-7", pb::FoundingRoute::Appointment, Some(on)),
    ] {
        let answer = officer.organisations.found_organisation(request).await;
        assert_eq!(refused(answer), ("FOUNDING_ROUTE_UNFIT".into(), "founding_route".into()));
    }
    for (code, stated, congress_on, read) in [
        ("BD-7", pb::FoundingRoute::Appointment, None, pb::FoundingRoute::Appointment),
        ("BD-8", pb::FoundingRoute::Congress, Some(on), pb::FoundingRoute::Congress),
        ("BD-9", pb::FoundingRoute::Unspecified, Some(on), pb::FoundingRoute::Congress),
        ("BD-10", pb::FoundingRoute::Unspecified, None, pb::FoundingRoute::Unspecified),
    ] {
        let request = by(code, stated, congress_on);
        let founded = officer.organisations.found_organisation(request).await.expect("founded");
        let unit = id(&founded.into_inner().organisation_id);
        assert_eq!(officer.details(unit, on, None).await.founding_route(), read);
    }
}

#[tokio::test]
async fn twelve_court_unions_become_groups_of_the_provincial_one_and_keep_their_identity() {
    // Hải Dương 2025, in small.
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (unit, heir) = (world.unit("BD-1"), world.unit("CG-1"));
    let on = date!(2025 - 03 - 01);
    let before = world.changes().await;
    let request =
        pb::ChangeTypeRequest { superior_id: heir.to_string(), ..changing(unit, "TO_CD", on) };
    officer.life_cycle.change_type(request).await.expect("downgraded");
    assert!(matches!(
        world.published_since(before).await.as_slice(),
        [
            Change::DecisionRecorded(_),
            Change::OrganisationsHandedOver(_),
            Change::OrganisationTypeChanged(told),
        ] if (told.from_type.as_str(), told.r#type.as_str()) == ("CDCS", "TO_CD")
    ));
    let then = officer.reads(unit, Some(date!(2025 - 02 - 28))).await.expect("read");
    assert_eq!((then.r#type.as_str(), then.superior_id), ("CDCS", world.unit("HN-BD").to_string()));
    let now = officer.reads(unit, Some(on)).await.expect("read");
    assert_eq!((now.r#type.as_str(), now.superior_id), ("TO_CD", heir.to_string()));
    assert_eq!(now.sector, "NNN_CP", "a group may have a sector");

    let back = pb::ChangeTypeRequest {
        superior_id: world.unit("HN-BD").to_string(),
        sector: "NNN_TNHH".to_string(),
        ..changing(unit, "CDCS", date!(2025 - 05 - 01))
    };
    officer.life_cycle.change_type(back).await.expect("upgraded");
    let now = officer.reads(unit, Some(date!(2025 - 05 - 01))).await.expect("read");
    assert_eq!((now.r#type.as_str(), now.sector.as_str()), ("CDCS", "NNN_TNHH"));
}

#[tokio::test]
async fn a_type_that_becomes_known_of_days_before_a_congress_is_told_with_the_whole_life() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let unit = world.unit("BD-1");
    let held_on = date!(2025 - 06 - 01);
    let congress = pb::HoldCongressRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        ordinal: 1,
        held_on: Some(civil(held_on)),
        term_from_year: 2025,
        term_to_year: 2030,
        form: "PLENARY".to_string(),
        member_count: 90,
        offices: ["CHAIR", "MEMBER", "MEMBER"].map(|it| office(it, Uuid::now_v7())).to_vec(),
        ..Default::default()
    };
    officer.congresses.hold_congress(congress).await.expect("held");
    let before = world.changes().await;
    // Whoever counts congresses by what held them counts this one otherwise now.
    let request = changing(unit, "ND_CS", date!(2025 - 03 - 01));
    officer.life_cycle.change_type(request).await.expect("changed");
    let published = world.published_since(before).await;
    let told = published.iter().find_map(|change| match change {
        Change::TimelinesCorrected(told) => Some(&told.timelines),
        _ => None,
    });
    let lives = told.expect("the life is told");
    assert_eq!(id(&lives[0].organisation_id), unit);
}

#[tokio::test]
async fn a_sector_goes_with_the_type_that_cannot_have_one_and_is_asked_for_by_one_that_must() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("TN-1");
    let on = date!(2020 - 01 - 01);
    admin.life_cycle.change_type(changing(unit, "CD_TCT", on)).await.expect("upgraded");
    let now = admin.reads(unit, Some(on)).await.expect("read");
    assert_eq!((now.r#type.as_str(), now.sector.as_str()), ("CD_TCT", ""));
    let later = date!(2021 - 01 - 01);
    let answer = admin.life_cycle.change_type(changing(unit, "CDCS", later)).await;
    assert_eq!(refused(answer), ("SECTOR_REQUIRED".into(), "sector".into()));
    let with_sector =
        pb::ChangeTypeRequest { sector: "FDI_LD".to_string(), ..changing(unit, "CDCS", later) };
    admin.life_cycle.change_type(with_sector).await.expect("downgraded");
    let then = admin.reads(unit, Some(date!(2020 - 12 - 31))).await.expect("read");
    assert_eq!((then.r#type.as_str(), then.sector.as_str()), ("CD_TCT", ""));
}

#[tokio::test]
async fn every_rule_of_a_change_of_type_refuses_with_its_reason() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (unit, district) = (world.unit("BD-1"), world.unit("HN-BD"));
    let on = date!(2024 - 01 - 01);
    admin.life_cycle.change_type(changing(unit, "ND_CS", on)).await.expect("changed");
    admin.suspends(world.unit("CG-1"), date!(2023 - 01 - 01)).await.expect("suspended");
    let late = date!(2024 - 06 - 01);
    let under = |superior: Uuid, request| pb::ChangeTypeRequest {
        superior_id: superior.to_string(),
        ..request
    };
    let before = world.changes().await;
    for (reason, field, request) in [
        ("ALREADY_OF_TYPE", "type", changing(unit, "ND_CS", late)),
        ("LATER_ACT_KNOWN", "effective_on", changing(unit, "CD_TCT", on)),
        ("ORGANISATION_TYPE_UNKNOWN", "type", changing(unit, "CDXX", late)),
        ("ORGANISATION_TYPE_NOT_IN_FORCE", "type", changing(unit, "CD_XA", late)),
        ("SUPERIOR_TYPE_NOT_ALLOWED", "type", changing(unit, "TO_CD", late)),
        (
            "SUPERIOR_TYPE_NOT_ALLOWED",
            "superior_id",
            under(world.unit("BD-2"), changing(unit, "CD_TCT", late)),
        ),
        (
            "SUPERIOR_SUSPENDED",
            "superior_id",
            under(world.unit("CG-1"), changing(unit, "TO_CD", late)),
        ),
        ("ALREADY_SUBORDINATE", "superior_id", under(district, changing(unit, "CDCS", late))),
        ("WOULD_FORM_CYCLE", "superior_id", under(unit, changing(unit, "CDCS", late))),
        (
            "SUBORDINATE_TYPE_NOT_ALLOWED",
            "type",
            pb::ChangeTypeRequest {
                ..under(world.unit("BD-2"), changing(district, "TO_CD", late))
            },
        ),
        (
            "SECTOR_NOT_ALLOWED",
            "sector",
            pb::ChangeTypeRequest {
                sector: "HTX".into(),
                ..changing(world.unit("HN-GD"), "CD_KCN", late)
            },
        ),
        ("CONFEDERATION_FIXED", "organisation_id", changing(world.confederation, "CDCS", late)),
        ("DATE_OUTSIDE_LIFE", "effective_on", changing(unit, "CDCS", date!(2009 - 01 - 01))),
        (
            "DECISION_REQUIRED",
            "basis",
            pb::ChangeTypeRequest { basis: None, ..changing(unit, "CDCS", late) },
        ),
    ] {
        let answer = admin.life_cycle.change_type(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    let request = changing(district, "CD_KCN", late);
    let answer = world.actor("badinh").life_cycle.change_type(request).await;
    assert_eq!(reason(answer), "ORGANISATION_UNKNOWN");
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn a_union_that_is_split_lives_on_and_its_parts_take_their_shares() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    holds_congress(&mut officer, unit, 7, date!(2018 - 06 - 01)).await.expect("held");
    let on = date!(2021 - 01 - 01);
    let before = world.changes().await;
    let request = splitting(unit, vec![part("BD-1A", 30), part("BD-1B", 20)], on);
    let split = officer.life_cycle.split_off(request).await.expect("split").into_inner();
    let parts: Vec<Uuid> = split.organisation_ids.iter().map(|text| id(text)).collect();
    assert_eq!(
        shares(&world, unit).await,
        [(parts[0], 30, 100, false), (parts[1], 20, 100, false)]
    );
    assert!(matches!(
        world.published_since(before).await.as_slice(),
        [
            Change::DecisionRecorded(_),
            Change::OrganisationFounded(_),
            Change::OrganisationFounded(_),
            Change::OrganisationSplitOff(told),
        ] if told.successors.len() == 2 && told.share_whole == 100
    ));
    let lives = officer.reads(unit, None).await.expect("read");
    assert_eq!(lives.status(), pb::OrganisationStatus::Active);
    let new = officer.reads(parts[0], None).await.expect("read");
    assert_eq!((new.r#type.as_str(), new.sector.as_str()), ("CDCS", "NNN_CP"));
    assert_eq!(officer.children(world.unit("HN-BD"), on).await, ["BD-1", "BD-1A", "BD-1B", "BD-2"]);

    // Both continue the count of the one that was split.
    let answer = holds_congress(&mut officer, parts[0], 1, date!(2022 - 06 - 01)).await;
    assert_eq!(refused(answer), ("CONGRESS_ORDINAL_WRONG".into(), "ordinal".into()));
    holds_congress(&mut officer, parts[0], 8, date!(2022 - 06 - 01)).await.expect("held");
    holds_congress(&mut officer, unit, 8, date!(2023 - 06 - 01)).await.expect("held");
}

#[tokio::test]
async fn every_rule_of_a_split_off_refuses_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let on = date!(2021 - 01 - 01);
    let typed = |type_code: &str, sector: &str| pb::split_off_request::Part {
        r#type: type_code.to_string(),
        sector: sector.to_string(),
        ..part("BD-1A", 1)
    };
    officer.suspends(world.unit("BD-2"), date!(2020 - 01 - 01)).await.expect("suspended");
    let before = world.changes().await;
    for (reason, field, request) in [
        ("UNITS_EMPTY", "parts", splitting(unit, vec![], on)),
        (
            "TOO_MANY_UNITS",
            "parts",
            pb::SplitOffRequest {
                share_whole: 1_000,
                ..splitting(unit, (0..101).map(|n| part(&format!("BD-1-{n}"), 1)).collect(), on)
            },
        ),
        ("SHARE_INVALID", "parts[0].share", splitting(unit, vec![part("BD-1A", 0)], on)),
        ("SHARE_INVALID", "parts[0].share", splitting(unit, vec![part("BD-1A", 101)], on)),
        (
            "SHARE_INVALID",
            "share_whole",
            pb::SplitOffRequest { share_whole: -1, ..splitting(unit, vec![part("BD-1A", 1)], on) },
        ),
        ("SHARES_NOT_WHOLE", "parts", splitting(unit, vec![part("BD-1A", 100)], on)),
        (
            "CODE_TAKEN",
            "parts[1].code",
            splitting(unit, vec![part("BD-1A", 1), part("BD-2", 1)], on),
        ),
        ("CODE_INVALID", "parts[0].code", splitting(unit, vec![part("mã", 1)], on)),
        (
            "ORGANISATION_TYPE_UNKNOWN",
            "parts[0].type",
            splitting(unit, vec![typed("CDXX", "")], on),
        ),
        (
            "SUPERIOR_TYPE_NOT_ALLOWED",
            "parts[0].type",
            splitting(unit, vec![typed("TO_CD", "")], on),
        ),
        ("SECTOR_UNKNOWN", "parts[0].sector", splitting(unit, vec![typed("", "X")], on)),
        (
            "ORGANISATION_SUSPENDED",
            "organisation_id",
            splitting(world.unit("BD-2"), vec![part("BD-2A", 1)], on),
        ),
        (
            "ORGANISATION_UNKNOWN",
            "organisation_id",
            splitting(world.unit("HN-BD"), vec![part("HN-X", 1)], on),
        ),
    ] {
        let answer = officer.life_cycle.split_off(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn the_shares_of_a_divided_union_sum_to_the_whole_and_one_of_its_heirs_is_the_principal() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (unit, heir) = (world.unit("BD-1"), world.unit("BD-2"));
    let on = date!(2021 - 01 - 01);
    let other = officer.founds(world.unit("HN-BD"), "BD-3", on).await.expect("founded");
    let divided = |successors: &[(Uuid, i32)], whole| pb::end_organisations_request::Unit {
        kind: pb::EndKind::Divided.into(),
        principal_successor_id: heir.to_string(),
        successors: successors
            .iter()
            .map(|(organisation, share)| pb::Successor {
                organisation_id: organisation.to_string(),
                share: *share,
            })
            .collect(),
        share_whole: whole,
        ..dissolved(unit)
    };
    let before = world.changes().await;
    for (reason, field, unit) in [
        ("SHARES_NOT_WHOLE", "units[0].successors", divided(&[(heir, 60), (other, 30)], 0)),
        ("SHARES_NOT_WHOLE", "units[0].successors", divided(&[(heir, 2), (other, 2)], 3)),
        ("SHARE_INVALID", "units[0].successors[1].share", divided(&[(heir, 100), (other, 0)], 0)),
        ("SHARE_INVALID", "units[0].share_whole", divided(&[(heir, 1)], -3)),
        (
            "SUCCESSOR_REPEATED",
            "units[0].successors[1].organisation_id",
            divided(&[(heir, 50), (heir, 50)], 0),
        ),
        ("PRINCIPAL_NOT_SUCCESSOR", "units[0].principal_successor_id", divided(&[(other, 100)], 0)),
        (
            "ONE_SUCCESSOR_ONLY",
            "units[0].successors",
            pb::end_organisations_request::Unit {
                kind: pb::EndKind::Merged.into(),
                ..divided(&[(heir, 50), (other, 50)], 0)
            },
        ),
        (
            "SUCCESSOR_REQUIRED",
            "units[0].principal_successor_id",
            pb::end_organisations_request::Unit {
                kind: pb::EndKind::Terminated.into(),
                principal_successor_id: String::new(),
                ..divided(&[(heir, 50), (other, 50)], 0)
            },
        ),
        (
            "SUCCESSOR_NOT_LIVING",
            "units[0].successors[1].organisation_id",
            divided(&[(heir, 50), (unit, 50)], 0),
        ),
    ] {
        let answer = officer.ends(vec![unit], on).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    assert_eq!(world.changes().await, before);

    officer.ends(vec![divided(&[(heir, 2), (other, 1)], 3)], on).await.expect("divided");
    assert_eq!(shares(&world, unit).await, [(heir, 2, 3, true), (other, 1, 3, false)]);
    let read = officer.reads(unit, None).await.expect("read");
    assert_eq!(read.principal_successor_id, heir.to_string());
    let Some(Change::OrganisationsEnded(told)) = world
        .published_since(before)
        .await
        .into_iter()
        .find(|change| matches!(change, Change::OrganisationsEnded(_)))
    else {
        panic!("an end is published")
    };
    assert_eq!((told.units[0].share_whole, told.units[0].successors.len()), (3, 2));
}

#[tokio::test]
async fn one_successor_inherits_the_whole_and_is_the_heir_of_figures() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (unit, heir) = (world.unit("BD-1"), world.unit("BD-2"));
    let merged = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: heir.to_string(),
        ..dissolved(unit)
    };
    officer.ends(vec![merged], date!(2021 - 01 - 01)).await.expect("merged");
    assert_eq!(shares(&world, unit).await, [(heir, 1, 1, true)]);
    let contradicting: i64 = sqlx::query_scalar(
        "select count(*) from organisation_ending ending
         full join (select * from organisation_succession
                    where upper_inf(recorded) and principal) heir
           on heir.predecessor_id = ending.organisation_id
         where upper_inf(ending.recorded)
           and ending.principal_successor_id is distinct from heir.successor_id",
    )
    .fetch_one(&mut world.look().await)
    .await
    .expect("counted");
    assert_eq!(contradicting, 0);
}

#[tokio::test]
async fn a_kept_name_inherits_the_count_of_congresses_and_a_new_name_starts_at_one() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let district = world.unit("HN-BD");
    holds_congress(&mut officer, world.unit("BD-1"), 9, date!(2018 - 06 - 01)).await.expect("held");
    holds_congress(&mut officer, world.unit("BD-2"), 4, date!(2019 - 06 - 01)).await.expect("held");
    let on = date!(2021 - 01 - 01);
    let consolidates = |unit: Uuid, into: Uuid| pb::end_organisations_request::Unit {
        kind: pb::EndKind::Consolidated.into(),
        principal_successor_id: into.to_string(),
        ..dissolved(unit)
    };
    // One continues BD-1 under its name, though it is written otherwise; one takes a new name.
    let kept = officer.founds(district, "BD-1K", on).await.expect("founded");
    let name = renaming(kept, "CÔNG ĐOÀN bd-1", date!(2021 - 01 - 02));
    officer.organisations.rename_organisation(name).await.expect("renamed");
    let new = officer.founds(district, "BD-2N", on).await.expect("founded");
    let ended_on = date!(2021 - 02 - 01);
    let ends = vec![consolidates(world.unit("BD-1"), kept), consolidates(world.unit("BD-2"), new)];
    officer.ends(ends, ended_on).await.expect("consolidated");

    let on = date!(2022 - 06 - 01);
    for (unit, wrong, right) in [(kept, 1, 10), (kept, 12, 11), (new, 5, 1), (new, 3, 2)] {
        let on = if right == 11 || right == 2 { date!(2024 - 06 - 01) } else { on };
        let answer = holds_congress(&mut officer, unit, wrong, on).await;
        assert_eq!(refused(answer), ("CONGRESS_ORDINAL_WRONG".into(), "ordinal".into()));
        holds_congress(&mut officer, unit, right, on).await.expect("held");
    }
    let answer = holds_congress(&mut officer, kept, 11, date!(2025 - 06 - 01)).await;
    assert_eq!(reason(answer), "CONGRESS_EXISTS");
}

#[tokio::test]
async fn the_first_congress_known_of_a_loaded_union_may_bear_any_number_and_so_may_its_heirs() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    // Split before the register knew any congress of it.
    let request = splitting(unit, vec![part("BD-1A", 50)], date!(2020 - 01 - 01));
    let split = officer.life_cycle.split_off(request).await.expect("split").into_inner();
    let split = id(&split.organisation_ids[0]);
    holds_congress(&mut officer, split, 15, date!(2021 - 01 - 01)).await.expect("held");
    holds_congress(&mut officer, unit, 17, date!(2021 - 01 - 01)).await.expect("held");
    let answer = holds_congress(&mut officer, unit, 19, date!(2022 - 01 - 01)).await;
    assert_eq!(reason(answer), "CONGRESS_ORDINAL_WRONG");
    let founded = officer.founds(world.unit("HN-BD"), "BD-5", date!(2021 - 01 - 01)).await;
    let founded = founded.expect("founded");
    let answer = holds_congress(&mut officer, founded, 2, date!(2022 - 01 - 01)).await;
    assert_eq!(reason(answer), "CONGRESS_ORDINAL_WRONG");
    holds_congress(&mut officer, founded, 1, date!(2022 - 01 - 01)).await.expect("held");
}
