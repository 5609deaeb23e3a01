//! A later version of a list of reference data is loaded with its decision.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::Date;
use time::macros::date;
use tonic_types::StatusExt;

use crate::world::*;

const TYPES: &str = include_str!("../../reference/organisation_types.csv");
const SECTORS: &str = include_str!("../../reference/sectors.csv");
const DECIDED: Date = date!(2026 - 01 - 05);

fn loading(list: pb::ReferenceList, csv: &str) -> pb::LoadReferenceRequest {
    pb::LoadReferenceRequest {
        request_id: fresh(),
        list: list.into(),
        csv: csv.as_bytes().to_vec(),
        basis: Some(decided(DECIDED)),
        ..Default::default()
    }
}

/// The types, with unions that can be founded until the end of 2024.
fn closed() -> String {
    let line = TYPES.lines().find(|line| line.starts_with("CDCS,")).expect("unions");
    let cells: Vec<&str> = line.split(',').collect();
    assert_eq!(&cells[7..9], ["", ""], "{line}: for ever");
    let until = cells.iter().enumerate().map(|(n, cell)| if n == 8 { "2024-12-31" } else { cell });
    TYPES.replace(line, &until.collect::<Vec<_>>().join(","))
}

#[tokio::test]
async fn a_type_is_closed_by_a_later_version() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let mut references = world.actor("admin").references;
    let under = world.unit("HN-CG");
    admin.founds(under, "CG-7", date!(2025 - 02 - 01)).await.expect("founded before");

    let load = loading(pb::ReferenceList::OrganisationTypes, &closed());
    let tried = pb::LoadReferenceRequest { validate_only: true, ..load.clone() };
    let told = references.load_reference(tried).await.expect("possible").into_inner();
    assert!(
        told.added > 0 && told.ended > told.added,
        "its line, and where it may stand: {told:?}"
    );
    admin.founds(under, "CG-8", date!(2025 - 02 - 01)).await.expect("nothing was loaded");

    let loaded = references.load_reference(load.clone()).await.expect("loaded").into_inner();
    assert_eq!(loaded, told);
    let again = references.load_reference(load.clone()).await.expect("repeated").into_inner();
    assert_eq!(again, loaded, "the same request answers the same");
    let refused = reason(admin.founds(under, "CG-9", date!(2025 - 02 - 01)).await);
    assert_eq!(refused, "ORGANISATION_TYPE_NOT_IN_FORCE");
    admin.founds(under, "CG-9", date!(2024 - 12 - 31)).await.expect("on the last day");

    let on = |on: Date| pb::ListOrganisationTypesRequest { in_force_on: Some(civil(on)) };
    for (day, in_force) in [(date!(2024 - 12 - 31), true), (date!(2025 - 01 - 01), false)] {
        let types = references.list_organisation_types(on(day)).await.expect("listed");
        let types = types.into_inner().types;
        assert_eq!(types.iter().any(|kind| kind.code == "CDCS"), in_force, "{day}");
    }

    // The program that is started anew brings its file along, and puts nothing back.
    let (_replica, mut restarted) = world.replica("admin").await;
    let refused = reason(restarted.founds(under, "CG-10", date!(2025 - 02 - 01)).await);
    assert_eq!(refused, "ORGANISATION_TYPE_NOT_IN_FORCE");

    // What is said already changes nothing; what was said before can be said again.
    let same = references.load_reference(loading(pb::ReferenceList::OrganisationTypes, &closed()));
    assert_eq!(same.await.expect("loaded").into_inner(), Default::default());
    let back = references.load_reference(loading(pb::ReferenceList::OrganisationTypes, TYPES));
    back.await.expect("loaded");
    admin.founds(under, "CG-10", date!(2025 - 02 - 01)).await.expect("founded again");
    let kept: i64 = sqlx::query_scalar(
        "select count(*) from reference_version join decision using (decision_id)",
    )
    .fetch_one(&mut world.look().await)
    .await
    .expect("counted");
    assert_eq!(kept, 3, "each version with its decision");
}

#[tokio::test]
async fn only_whoever_administers_the_country_makes_rules() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.grants_role("chief", "ADMINISTRATOR", world.unit("HN")).await.expect("granted");
    admin.grants_role("clerk", "OFFICER", world.confederation).await.expect("granted");
    for subject in ["chief", "clerk", "hanoi", "nobody"] {
        let load = loading(pb::ReferenceList::OrganisationTypes, &closed());
        let answer = world.actor(subject).references.load_reference(load).await;
        assert_eq!(reason(answer), "PERMISSION_DENIED", "{subject}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_version_is_told_by_line_and_column() {
    let world = World::start().await;
    let csv = "type,minimum,valid_from,valid_to\nCDCS,none,,\nCDCX,5,2020-02-30,\n";
    for (language, says) in [
        ("vi", "Dòng 2, cột minimum: không phải là số hợp lệ."),
        ("en", "line 2, column minimum: is no possible number"),
    ] {
        let mut references = world.actor_in("admin", language).references;
        let load = loading(pb::ReferenceList::MinimumFounders, csv);
        let status = references.load_reference(load).await.expect_err("refused");
        let expected = ["csv[2].minimum", "csv[3].type", "csv[3].valid_from"];
        let expected =
            expected.map(|field| (field.to_string(), "REFERENCE_LINE_INVALID".to_string()));
        assert_eq!(violations(&status), expected);
        let details = status.get_error_details();
        let bad = details.bad_request().expect("fields");
        let text = bad.field_violations[0].localized_message.as_ref().expect("a text");
        assert_eq!(text.message, says);
        assert_eq!(reason::<()>(Err(status)), "LINES_REFUSED");
    }
    let nothing = pb::LoadReferenceRequest { list: 0, ..loading(pb::ReferenceList::Sectors, csv) };
    let refused = world.actor("admin").references.load_reference(nothing).await;
    assert_eq!(reason(refused), "FIELD_REQUIRED");
}

#[tokio::test]
async fn a_sector_is_called_otherwise_from_a_day_on() {
    let world = World::start().await;
    let mut references = world.actor("admin").references;
    let line = SECTORS.lines().find(|line| line.starts_with("NNN_CP,")).expect("a sector");
    let old = line.split(',').nth(2).expect("a name").to_string();
    let renamed = SECTORS.replace(line, &line.replace(&old, "Tên mới"));
    let load = loading(pb::ReferenceList::Sectors, &renamed);
    let loaded = references.load_reference(load).await.expect("loaded").into_inner();
    assert_eq!((loaded.added, loaded.ended, loaded.changed), (0, 0, 1));
    for (day, name) in [
        (Some(DECIDED.previous_day().expect("a day")), old.as_str()),
        (Some(DECIDED), "Tên mới"),
        (None, "Tên mới"),
    ] {
        let asked = pb::ListSectorsRequest { as_of: day.map(civil) };
        let sectors = references.list_sectors(asked).await.expect("listed").into_inner().sectors;
        let sector = sectors.iter().find(|sector| sector.code == "NNN_CP").expect("a sector");
        assert_eq!(sector.name, name, "{day:?}");
        let group = sectors.iter().position(|group| group.code == sector.group_of);
        let own = sectors.iter().position(|other| other.code == "NNN_CP");
        assert!(group < own, "a group comes before its sectors");
    }

    let earlier = pb::LoadReferenceRequest {
        basis: Some(decided(date!(2025 - 06 - 01))),
        ..loading(pb::ReferenceList::Sectors, SECTORS)
    };
    let refused = refused(references.load_reference(earlier).await);
    assert_eq!(refused, ("REFERENCE_VERSION_EARLIER".to_string(), "effective_on".to_string()));
}
