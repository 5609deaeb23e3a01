use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::world::*;

fn territory(unit: Uuid, added: &[&str], left: &[&str], on: Date) -> pb::ChangeTerritoryRequest {
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_string()).collect();
    pb::ChangeTerritoryRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        communes_added: codes(added),
        communes_left: codes(left),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

fn sealing(unit: Uuid, seal: pb::SealStatus, on: Date) -> pb::RecordSealAndAccountRequest {
    pb::RecordSealAndAccountRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        seal: seal.into(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

fn naming(unit: Uuid, added: &[&str], dropped: &[&str], on: Date) -> pb::ChangeAliasesRequest {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect();
    pb::ChangeAliasesRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        added: names(added),
        dropped: names(dropped),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

fn directing(unit: Uuid, director: Uuid, on: Date) -> pb::BeginJointDirectionRequest {
    pb::BeginJointDirectionRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        director_id: director.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

async fn communes(actor: &mut Actor, unit: Uuid, as_of: Date) -> Vec<String> {
    let details = actor.details(unit, as_of, None).await;
    details.territory.into_iter().map(|commune| commune.name).collect()
}

#[tokio::test]
async fn a_commune_union_looks_after_its_neighbours_too_and_its_territory_is_dated() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let on = date!(2025 - 07 - 01);
    let found = |code: &str| pb::FoundOrganisationRequest {
        r#type: "CD_XA".to_string(),
        sector: String::new(),
        ..founding(world.unit("HN"), code, on)
    };
    let mut unions = Vec::new();
    for code in ["HN-X1", "HN-X2"] {
        let founded = officer.organisations.found_organisation(found(code)).await;
        unions.push(id(&founded.expect("founded").into_inner().organisation_id));
    }
    let before = world.changes().await;
    let request = territory(unions[0], &["00004", "00008"], &[], on);
    let changed = officer.attributes.change_territory(request).await.expect("changed");
    assert_eq!(changed.into_inner().communes_added, 2);
    assert!(matches!(
        world.published_since(before).await.as_slice(),
        [Change::TerritoryChanged(told)] if told.communes_added == ["00004", "00008"]
    ));
    assert_eq!(communes(&mut officer, unions[0], on).await, ["Phường Ba Đình", "Phường Ngọc Hà"]);

    // The neighbour gets a union of its own.
    let later = date!(2025 - 10 - 01);
    let request = territory(unions[1], &["00008"], &[], later);
    let answer = officer.attributes.change_territory(request.clone()).await;
    assert_eq!(refused(answer), ("COMMUNE_TAKEN".into(), "communes_added[0]".into()));
    let left = territory(unions[0], &[], &["00008"], later);
    officer.attributes.change_territory(left).await.expect("left");
    let request = pb::ChangeTerritoryRequest { request_id: fresh(), ..request };
    officer.attributes.change_territory(request).await.expect("taken over");
    assert_eq!(communes(&mut officer, unions[0], later).await, ["Phường Ba Đình"]);
    assert_eq!(communes(&mut officer, unions[1], later).await, ["Phường Ngọc Hà"]);
    assert_eq!(communes(&mut officer, unions[0], date!(2025 - 09 - 30)).await.len(), 2);
}

#[tokio::test]
async fn the_same_codes_are_other_communes_and_provinces_after_the_reform() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let (hanoi, thai_nguyen) = (world.unit("HN"), world.unit("TN"));
    let province = |unit: Uuid, code: &str, on| pb::ChangeTerritoryRequest {
        provinces_added: vec![code.to_string()],
        ..territory(unit, &[], &[], on)
    };
    // 24 was Bắc Giang, and is Bắc Ninh.
    admin
        .attributes
        .change_territory(province(hanoi, "24", date!(2020 - 01 - 01)))
        .await
        .expect("changed");
    let then = admin.details(hanoi, date!(2025 - 06 - 30), None).await.territory;
    assert!(then.iter().any(|commune| commune.name == "Phường Thọ Xương"), "in Bắc Giang city");
    assert!(then.iter().all(|commune| commune.province_code == "24"));
    // The communes were abolished, so the territory is empty; others bear their codes.
    assert_eq!(communes(&mut admin, hanoi, date!(2025 - 07 - 01)).await, [""; 0]);
    let request = province(thai_nguyen, "24", date!(2025 - 07 - 01));
    let changed = admin.attributes.change_territory(request).await.expect("changed").into_inner();
    let now = communes(&mut admin, thai_nguyen, date!(2025 - 07 - 01)).await;
    assert_eq!(now.len(), usize::try_from(changed.communes_added).expect("a count"));
    assert!(now.len() < then.len() && now.contains(&"Phường Kinh Bắc".to_string()));
    // A commune keeps its place under another name.
    let renamed = |on| {
        let mut admin = admin.clone();
        async move {
            let details = admin.details(thai_nguyen, on, None).await.territory;
            details.into_iter().find(|one| one.code == "07375").map(|one| one.name)
        }
    };
    assert_eq!(renamed(date!(2026 - 09 - 19)).await.as_deref(), Some("Xã Lạng Giang"));
    assert_eq!(renamed(date!(2026 - 09 - 20)).await.as_deref(), Some("Phường Lạng Giang"));
}

#[tokio::test]
async fn a_code_of_an_organisation_is_borne_by_another_in_the_next_period() {
    // LĐLĐ Bắc Giang bore 24 until the reform, LĐLĐ Bắc Ninh bears it since.
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let on = date!(2025 - 07 - 01);
    let lines = [("24", "TLD"), ("27", "TLD")]
        .map(|(code, superior)| line(code, "LDLD_TINH", "", superior));
    admin.loads(lines.to_vec()).await.expect("loaded");
    let bearer = |code: &str, as_of| pb::BatchGetOrganisationsRequest {
        codes: vec![code.to_string()],
        as_of: Some(civil(as_of)),
        ..Default::default()
    };
    let bears = async |code: &str, as_of| {
        let mut admin = world.actor("admin");
        let found = admin.organisations.batch_get_organisations(bearer(code, as_of)).await;
        let mut found = found.expect("read").into_inner().organisations;
        assert!(found.len() < 2, "a code names one organisation at a time");
        found.pop().map(|organisation| id(&organisation.organisation_id))
    };
    let bac_giang = bears("24", ORIGIN).await.expect("loaded");
    let bac_ninh = bears("27", ORIGIN).await.expect("loaded");
    let recode = || pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: bac_ninh.to_string(),
        code: "24".to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let answer = admin.organisations.rename_organisation(recode()).await;
    assert_eq!(reason(answer), "CODE_TAKEN");
    let merged = pb::end_organisations_request::Unit {
        kind: pb::EndKind::Merged.into(),
        principal_successor_id: bac_ninh.to_string(),
        ..dissolved(bac_giang)
    };
    admin.ends(vec![merged], on).await.expect("merged");
    admin.organisations.rename_organisation(recode()).await.expect("recoded");
    assert_eq!(bears("24", date!(2025 - 06 - 30)).await, Some(bac_giang));
    assert_eq!(bears("24", on).await, Some(bac_ninh));
}

#[tokio::test]
async fn a_union_that_ends_frees_its_territory_and_joint_direction_ends_with_it() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (one, other) = (world.unit("HN-BD"), world.unit("HN-CG"));
    let on = date!(2020 - 01 - 01);
    let request = pb::ChangeTerritoryRequest {
        districts_added: vec!["001".to_string()],
        ..territory(one, &[], &[], on)
    };
    officer.attributes.change_territory(request).await.expect("changed");
    assert_eq!(communes(&mut officer, one, on).await.len(), 13);
    let request = directing(world.unit("CG-1"), one, on);
    officer.attributes.begin_joint_direction(request).await.expect("directed");
    let ended_on = date!(2022 - 01 - 01);
    let branch = ["HN-BD", "BD-1", "BD-2"].map(|code| dissolved(world.unit(code)));
    officer.ends(branch.to_vec(), ended_on).await.expect("ended");
    let details = officer.details(world.unit("CG-1"), ended_on, None).await;
    assert_eq!(details.director_ids, [""; 0]);
    let then = officer.details(world.unit("CG-1"), date!(2021 - 12 - 31), None).await;
    assert_eq!(then.director_ids, [one.to_string()]);
    assert_eq!(communes(&mut officer, one, date!(2021 - 12 - 31)).await.len(), 13);
    let request = territory(other, &["00004"], &[], ended_on);
    officer.attributes.change_territory(request).await.expect("taken over");
}

#[tokio::test]
async fn every_rule_of_a_territory_refuses_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (unit, other) = (world.unit("HN-BD"), world.unit("HN-CG"));
    let on = date!(2020 - 01 - 01);
    let given = territory(unit, &["00004"], &[], on);
    officer.attributes.change_territory(given).await.expect("changed");
    let many: Vec<String> = (0..5_001).map(|n| format!("{n:05}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let before = world.changes().await;
    for (reason, field, request) in [
        ("TERRITORY_UNCHANGED", "communes_added", territory(unit, &[], &[], on)),
        ("TOO_MANY_COMMUNES", "communes_added", territory(unit, &many, &[], on)),
        ("COMMUNE_REPEATED", "communes_left[0]", territory(unit, &["00001"], &["00001"], on)),
        ("COMMUNE_UNKNOWN", "communes_added[1]", territory(unit, &["00001", "99999"], &[], on)),
        (
            "COMMUNE_UNKNOWN",
            "provinces_added[0]",
            pb::ChangeTerritoryRequest {
                provinces_added: vec!["99".to_string()],
                ..territory(unit, &[], &[], on)
            },
        ),
        ("COMMUNE_HELD", "communes_added[0]", territory(unit, &["00004"], &[], on)),
        ("COMMUNE_NOT_HELD", "communes_left[0]", territory(unit, &[], &["00001"], on)),
        ("COMMUNE_TAKEN", "communes_added[0]", territory(other, &["00004"], &[], on)),
        (
            "TERRITORY_NOT_ALLOWED",
            "organisation_id",
            territory(world.unit("BD-1"), &["00004"], &[], on),
        ),
        (
            "DATE_REQUIRED",
            "effective_on",
            pb::ChangeTerritoryRequest {
                effective_on: None,
                ..territory(unit, &["00001"], &[], on)
            },
        ),
        (
            "ORGANISATION_UNKNOWN",
            "organisation_id",
            territory(world.unit("TN"), &["00004"], &[], on),
        ),
    ] {
        let answer = officer.attributes.change_territory(request).await;
        assert_eq!(refused(answer), (reason.to_string(), field.to_string()));
    }
    assert_eq!(world.changes().await, before);
    // Unions of different types look after the same commune.
    let sector = territory(world.unit("HN-GD"), &["00004"], &[], on);
    officer.attributes.change_territory(sector).await.expect("shared");
    // A type that the territory depends on does not change under it.
    let change = pb::ChangeTypeRequest {
        request_id: fresh(),
        organisation_id: world.unit("HN-GD").to_string(),
        r#type: "CD_KCN".to_string(),
        basis: Some(decided(date!(2021 - 01 - 01))),
        ..Default::default()
    };
    let answer = officer.life_cycle.change_type(change).await;
    assert_eq!(refused(answer), ("TERRITORY_HELD".into(), "organisation_id".into()));
}

#[tokio::test]
async fn a_seal_and_an_account_hold_on_their_days_and_are_known_since_they_were_recorded() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let unit = world.unit("HN-BD");
    let on = date!(2020 - 01 - 01);
    let with_account = |seal, on| pb::RecordSealAndAccountRequest {
        account_number: "9990000001".to_string(),
        account_bank: "Ngân hàng Công Thương".to_string(),
        ..sealing(unit, seal, on)
    };
    let request = with_account(pb::SealStatus::InUse, on);
    officer.attributes.record_seal_and_account(request).await.expect("recorded");
    let between = OffsetDateTime::now_utc();
    let handed_in = sealing(unit, pb::SealStatus::HandedIn, date!(2025 - 07 - 01));
    officer.attributes.record_seal_and_account(handed_in).await.expect("recorded");

    let then = officer.details(unit, date!(2025 - 06 - 30), None).await;
    assert_eq!((then.seal(), then.account_number.as_str()), (pb::SealStatus::InUse, "9990000001"));
    let now = officer.details(unit, date!(2025 - 07 - 01), None).await;
    assert_eq!((now.seal(), now.account_number.as_str()), (pb::SealStatus::HandedIn, ""));
    let believed = officer.details(unit, date!(2025 - 07 - 01), Some(between)).await;
    assert_eq!(believed.seal(), pb::SealStatus::InUse, "as was believed before");

    for (reason, request) in [
        ("SEAL_REQUIRED", sealing(unit, pb::SealStatus::Unspecified, on)),
        ("LATER_ACT_KNOWN", sealing(unit, pb::SealStatus::Lost, date!(2025 - 07 - 01))),
        (
            "DATE_OUTSIDE_LIFE",
            sealing(world.unit("HN-CG"), pb::SealStatus::Lost, date!(2000 - 01 - 01)),
        ),
        (
            "ACCOUNT_INVALID",
            pb::RecordSealAndAccountRequest {
                account_bank: String::new(),
                ..with_account(pb::SealStatus::InUse, on)
            },
        ),
        (
            "ACCOUNT_INVALID",
            pb::RecordSealAndAccountRequest {
                account_number: "99-9".to_string(),
                ..with_account(pb::SealStatus::InUse, on)
            },
        ),
        ("ORGANISATION_UNKNOWN", sealing(world.unit("TN"), pb::SealStatus::Lost, on)),
    ] {
        let answer = officer.attributes.record_seal_and_account(request).await;
        assert_eq!(self::reason(answer), reason);
    }
    // The seal of a union that has ended is handed in; nobody uses it any more.
    let ended = world.unit("CG-1");
    officer.ends(vec![dissolved(ended)], date!(2024 - 01 - 01)).await.expect("ended");
    let late = date!(2024 - 02 - 01);
    let answer =
        officer.attributes.record_seal_and_account(sealing(ended, pb::SealStatus::InUse, late));
    assert_eq!(reason(answer.await), "ORGANISATION_ENDED");
    let answer =
        officer.attributes.record_seal_and_account(sealing(ended, pb::SealStatus::HandedIn, late));
    answer.await.expect("handed in");
}

#[tokio::test]
async fn other_names_are_dated_and_none_is_known_twice() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let on = date!(2020 - 01 - 01);
    let added = naming(unit, &["CĐ Nhà máy Xe lửa", "CĐ Gia Lâm"], &[], on);
    officer.attributes.change_aliases(added).await.expect("added");
    let later = date!(2022 - 01 - 01);
    let dropped = naming(unit, &["CĐ Đường sắt"], &["CĐ Gia Lâm"], later);
    officer.attributes.change_aliases(dropped).await.expect("dropped");
    let then = officer.details(unit, date!(2021 - 12 - 31), None).await;
    assert_eq!(then.aliases, ["CĐ Gia Lâm", "CĐ Nhà máy Xe lửa"]);
    let now = officer.details(unit, later, None).await;
    assert_eq!(now.aliases, ["CĐ Nhà máy Xe lửa", "CĐ Đường sắt"]);

    let many: Vec<String> = (0..51).map(|n| format!("Tên {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (reason, request) in [
        ("ALIASES_UNCHANGED", naming(unit, &[], &[], later)),
        ("TOO_MANY_ALIASES", naming(unit, &many, &[], later)),
        ("ALIAS_EXISTS", naming(unit, &["cd NHA MAY xe lua"], &[], later)),
        ("ALIAS_UNKNOWN", naming(unit, &[], &["CĐ Gia Lâm"], later)),
        ("ORGANISATION_UNKNOWN", naming(world.unit("CG-1"), &["X"], &[], later)),
    ] {
        let answer = officer.attributes.change_aliases(request).await;
        assert_eq!(self::reason(answer), reason);
    }
}

#[tokio::test]
async fn joint_direction_is_told_beside_the_superior_and_moves_nobody() {
    let world = World::start().await;
    let mut officer = world.actor("hanoi");
    let (unit, district) = (world.unit("GD-1"), world.unit("HN-CG"));
    let on = date!(2020 - 01 - 01);
    officer.attributes.begin_joint_direction(directing(unit, district, on)).await.expect("begun");
    assert_eq!(officer.details(unit, on, None).await.director_ids, [district.to_string()]);
    let read = officer.reads(unit, Some(on)).await.expect("read");
    assert_eq!(read.superior_id, world.unit("HN-GD").to_string());
    assert_eq!(officer.children(district, on).await, ["CG-1"]);

    let end = |director: Uuid, on| pb::EndJointDirectionRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        director_id: director.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    for (reason, request) in [
        ("DIRECTOR_IS_SUPERIOR", directing(unit, world.unit("HN-GD"), on)),
        ("DIRECTOR_IS_SUPERIOR", directing(unit, unit, on)),
        ("JOINT_DIRECTION_EXISTS", directing(unit, district, on)),
        ("SUPERIOR_TYPE_NOT_ALLOWED", directing(unit, world.unit("CG-1"), on)),
        ("ORGANISATION_UNKNOWN", directing(unit, world.unit("TN"), on)),
    ] {
        let answer = officer.attributes.begin_joint_direction(request).await;
        assert_eq!(self::reason(answer), reason);
    }
    let later = date!(2021 - 01 - 01);
    for (reason, request) in [
        ("JOINT_DIRECTION_UNKNOWN", end(world.unit("HN-BD"), later)),
        ("LATER_ACT_KNOWN", end(district, on)),
    ] {
        let answer = officer.attributes.end_joint_direction(request).await;
        assert_eq!(self::reason(answer), reason);
    }
    officer.attributes.end_joint_direction(end(district, later)).await.expect("ended");
    assert_eq!(officer.details(unit, later, None).await.director_ids, [""; 0]);
    assert_eq!(officer.details(unit, date!(2020 - 12 - 31), None).await.director_ids.len(), 1);
}
