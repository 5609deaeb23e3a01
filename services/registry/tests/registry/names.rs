use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

fn renaming(unit: Uuid, name: &str, on: Date) -> pb::RenameOrganisationRequest {
    pb::RenameOrganisationRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        name: name.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    }
}

async fn search(actor: &mut Actor, text: &str) -> Vec<String> {
    let request = pb::SearchOrganisationsRequest { text: text.to_string(), ..Default::default() };
    let found = actor.organisations.search_organisations(request).await.expect("searched");
    codes(found.into_inner().organisations)
}

#[tokio::test]
async fn a_name_holds_on_its_days_and_old_names_are_found_without_accents() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let on = date!(2021 - 01 - 01);
    let renamed = renaming(unit, "Công đoàn cơ sở Đường sắt Thủ đô", on);
    officer.organisations.rename_organisation(renamed).await.expect("renamed");
    let then = officer.reads(unit, Some(date!(2020 - 12 - 31))).await.expect("read");
    assert_eq!(then.name, "Công đoàn BD-1");
    let now = officer.reads(unit, Some(on)).await.expect("read");
    assert_eq!(
        (now.name.as_str(), now.code.as_str()),
        ("Công đoàn cơ sở Đường sắt Thủ đô", "BD-1")
    );

    for text in ["duong sat", "DƯỜNG SẮT", "thủ đô đường", "BD-1"] {
        assert_eq!(
            search(&mut officer, text).await.first().map(String::as_str),
            Some("BD-1"),
            "{text}"
        );
    }
    let by_its_old_name = search(&mut officer, "công đoàn bd-1").await;
    assert_eq!(by_its_old_name.first().map(String::as_str), Some("BD-1"));
    assert_eq!(search(&mut officer, "100%").await, [""; 0], "no pattern of the caller's");
    assert_eq!(search(&mut officer, "CG-1").await, [""; 0], "out of scope");
}

#[tokio::test]
async fn a_code_moves_from_one_organisation_to_another_by_dates() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (one, other) = (world.unit("BD-1"), world.unit("BD-2"));
    let on = date!(2021 - 01 - 01);
    let recode = |unit, code: &str, on| pb::RenameOrganisationRequest {
        code: code.to_string(),
        ..renaming(unit, "", on)
    };
    let answer = officer.organisations.rename_organisation(recode(one, "BD-2", on)).await;
    assert_eq!(refused(answer), ("CODE_TAKEN".into(), "code".into()));
    officer.organisations.rename_organisation(recode(other, "BD-2B", on)).await.expect("recoded");
    officer.organisations.rename_organisation(recode(one, "BD-2", on)).await.expect("recoded");
    assert_eq!(officer.reads(one, None).await.expect("read").code, "BD-2");
    assert_eq!(officer.reads(other, Some(date!(2020 - 12 - 31))).await.expect("read").code, "BD-2");
}

#[tokio::test]
async fn renaming_refuses_what_contradicts_it() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let on = date!(2021 - 01 - 01);
    officer.organisations.rename_organisation(renaming(unit, "Mới", on)).await.expect("renamed");
    for (reason, request) in [
        ("NAME_REQUIRED", renaming(unit, "", on)),
        ("LATER_ACT_KNOWN", renaming(unit, "Cùng ngày", on)),
        ("DATE_OUTSIDE_LIFE", renaming(unit, "Trước", date!(2009 - 01 - 01))),
        ("ORGANISATION_UNKNOWN", renaming(world.unit("CG-1"), "Của người khác", on)),
        (
            "DATE_REQUIRED",
            pb::RenameOrganisationRequest { effective_on: None, ..renaming(unit, "X", on) },
        ),
    ] {
        let answer = officer.organisations.rename_organisation(request).await;
        assert_eq!(self::reason(answer), reason);
    }
}

#[tokio::test]
async fn a_sector_holds_on_its_days() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let change = |unit: Uuid, sector: &str, on| pb::ChangeSectorRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        sector: sector.to_string(),
        effective_on: Some(civil(on)),
        ..Default::default()
    };
    let unit = world.unit("BD-1");
    let on = date!(2019 - 07 - 01);
    officer.organisations.change_sector(change(unit, "DNNN_CP", on)).await.expect("changed");
    let then = officer.reads(unit, Some(date!(2019 - 06 - 30))).await.expect("read");
    let now = officer.reads(unit, Some(on)).await.expect("read");
    assert_eq!((then.sector.as_str(), now.sector.as_str()), ("NNN_CP", "DNNN_CP"));
    for (reason, request) in [
        ("SECTOR_UNKNOWN", change(unit, "X", date!(2020 - 01 - 01))),
        ("LATER_ACT_KNOWN", change(unit, "HTX", on)),
        ("SECTOR_NOT_ALLOWED", change(world.unit("HN-BD"), "HTX", on)),
    ] {
        let answer = officer.organisations.change_sector(request).await;
        assert_eq!(self::reason(answer), reason);
    }
}
