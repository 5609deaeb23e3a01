use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::macros::date;

use crate::world::*;

fn searching(text: &str) -> pb::SearchOrganisationsRequest {
    pb::SearchOrganisationsRequest { text: text.to_string(), ..Default::default() }
}

async fn found(actor: &mut Actor, request: pb::SearchOrganisationsRequest) -> Vec<String> {
    let found = actor.organisations.search_organisations(request).await.expect("searched");
    codes(found.into_inner().organisations)
}

fn first(found: &[String]) -> Option<&str> {
    found.first().map(String::as_str)
}

/// Unions of Ba Đình with names of their own.
async fn name_unions(officer: &mut Actor, world: &World) {
    for (code, name) in [
        ("BD-10", "Công đoàn cơ sở Trường Mầm non Hoa Sen"),
        ("BD-11", "Công đoàn cơ sở Trường Mầm non Hoa Mai"),
        ("BD-12", "Công đoàn cơ sở Công ty TNHH Đường sắt Thủ Đô"),
        ("BD-13", "Công đoàn cơ sở Công ty cổ phần Giày Thượng Đình"),
    ] {
        let mut founding = founding(world.unit("HN-BD"), code, date!(2020 - 01 - 01));
        founding.name = name.to_string();
        officer.organisations.found_organisation(founding).await.expect("founded");
    }
}

#[tokio::test]
async fn a_name_is_found_with_two_typing_errors_the_moment_it_is_committed() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    name_unions(&mut officer, &world).await;
    for (text, code) in [
        ("trường mầm non hoa sen", "BD-10"),
        ("truong man non hoa sne", "BD-10"),
        ("TRUONG MAM NOM HOA MIA", "BD-11"),
        ("hoa sen", "BD-10"),
        ("sen hoa", "BD-10"),
        ("cong ty duong sat thu do", "BD-12"),
        ("giay thuwong dihn", "BD-13"),
        ("đường sắt thủ đo", "BD-12"),
        ("bd-13", "BD-13"),
        // The beginning of a word, as it is typed.
        ("giày thượ", "BD-13"),
    ] {
        let found = found(&mut officer, searching(text)).await;
        assert_eq!(first(&found), Some(code), "{text}: {found:?}");
    }
    assert_eq!(found(&mut officer, searching("xyz")).await, [""; 0]);
    // All of it in order: the words themselves before words like them.
    let both = found(&mut officer, searching("mầm non hoa mai")).await;
    assert_eq!(both[..2], ["BD-11", "BD-10"]);
}

#[tokio::test]
async fn a_replica_finds_what_another_wrote_and_a_restart_finds_it_again() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let (running, mut elsewhere) = world.replica("badinh").await;
    assert_eq!(found(&mut elsewhere, searching("hoa sen")).await, [""; 0]);
    name_unions(&mut officer, &world).await;
    assert_eq!(first(&found(&mut elsewhere, searching("hao sen")).await), Some("BD-10"));
    running.stop().await.expect("stopped");
    let (_running, mut restarted) = world.replica("badinh").await;
    assert_eq!(first(&found(&mut restarted, searching("hao sen")).await), Some("BD-10"));
}

#[tokio::test]
async fn a_search_answers_what_lies_in_scope_and_what_was_asked() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let before = time::OffsetDateTime::now_utc();
    name_unions(&mut officer, &world).await;
    let sen = || searching("mam non hoa sen");
    assert_eq!(found(&mut world.actor("nobody"), sen()).await, [""; 0], "not in scope");
    let mut admin = world.actor("admin");
    let ended_on = date!(2022 - 01 - 01);
    let units = found(&mut admin, sen()).await;
    assert_eq!(units, ["BD-10", "BD-11"]);
    let request =
        pb::BatchGetOrganisationsRequest { codes: vec!["BD-10".into()], ..Default::default() };
    let union = admin.organisations.batch_get_organisations(request).await.expect("read");
    let union = id(&union.into_inner().organisations[0].organisation_id);
    officer.ends(vec![dissolved(union)], ended_on).await.expect("ended");
    use pb::OrganisationStatus::{Active, Ended};
    for (expected, request) in [
        (vec!["BD-10", "BD-11"], sen()),
        (vec!["BD-10"], pb::SearchOrganisationsRequest { status: Ended.into(), ..sen() }),
        (vec!["BD-11"], pb::SearchOrganisationsRequest { status: Active.into(), ..sen() }),
        (
            vec!["BD-10", "BD-11"],
            pb::SearchOrganisationsRequest {
                status: Active.into(),
                as_of: Some(civil(date!(2021 - 12 - 31))),
                ..sen()
            },
        ),
        (vec![], pb::SearchOrganisationsRequest { known_at: Some(instant(before)), ..sen() }),
        (vec![], pb::SearchOrganisationsRequest { sector: "HCSN".into(), ..sen() }),
        (
            vec!["BD-10", "BD-11"],
            pb::SearchOrganisationsRequest {
                within_id: world.unit("HN").to_string(),
                as_of: Some(civil(date!(2021 - 01 - 01))),
                ..sen()
            },
        ),
        // It ended: on this day it stands below nobody.
        (
            vec!["BD-11"],
            pb::SearchOrganisationsRequest {
                within_id: world.unit("HN").to_string(),
                as_of: Some(civil(ended_on)),
                ..sen()
            },
        ),
        (
            vec![],
            pb::SearchOrganisationsRequest { within_id: world.unit("TN").to_string(), ..sen() },
        ),
    ] {
        assert_eq!(found(&mut admin, request.clone()).await, expected, "{request:?}");
    }
    let hidden =
        pb::SearchOrganisationsRequest { within_id: world.unit("TN").to_string(), ..sen() };
    let answer = officer.organisations.search_organisations(hidden).await;
    assert_eq!(refused(answer), ("ORGANISATION_UNKNOWN".into(), "within_id".into()));
    let answer = officer.organisations.search_organisations(searching("…")).await;
    assert_eq!(refused(answer), ("FIELD_REQUIRED".into(), "text".into()));
}

#[tokio::test]
async fn another_name_is_found_as_names_are_and_after_undoing_no_more() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let unit = world.unit("BD-1");
    let before = time::OffsetDateTime::now_utc();
    let request = pb::ChangeAliasesRequest {
        request_id: fresh(),
        organisation_id: unit.to_string(),
        added: vec!["Công đoàn Dệt Khánh Phước".to_string()],
        effective_on: Some(civil(date!(2020 - 01 - 01))),
        ..Default::default()
    };
    admin.attributes.change_aliases(request).await.expect("named");
    let act = world.published().await.last().expect("an act").0;
    for text in
        ["dệt khánh phước", "det khanh phuoc", "det khnah phuoc", "cong doan dwt khanh phouc"]
    {
        let found = found(&mut admin, searching(text)).await;
        assert_eq!(first(&found), Some("BD-1"), "{text}: {found:?}");
    }
    let then = pb::SearchOrganisationsRequest {
        known_at: Some(instant(before)),
        ..searching("khanh phuoc")
    };
    assert_eq!(found(&mut admin, then).await, [""; 0], "nobody knew it then");
    assert_eq!(found(&mut world.actor("nobody"), searching("khanh phuoc")).await, [""; 0]);
    // Another process reads it at its start.
    let (_running, mut elsewhere) = world.replica("admin").await;
    assert_eq!(first(&found(&mut elsewhere, searching("khanh phuoc")).await), Some("BD-1"));

    let known = time::OffsetDateTime::now_utc();
    admin.undoes(act).await.expect("undone");
    for actor in [&mut admin, &mut elsewhere] {
        assert_eq!(found(actor, searching("khanh phuoc")).await, [""; 0]);
        let then = pb::SearchOrganisationsRequest {
            known_at: Some(instant(known)),
            ..searching("khanh phuoc")
        };
        assert_eq!(found(actor, then).await, ["BD-1"], "it was known meanwhile");
    }
    admin.undoes(world.published().await.last().expect("an act").0).await.expect("undone");
    assert_eq!(found(&mut admin, searching("khanh phuoc")).await, ["BD-1"]);
}

#[tokio::test]
async fn a_corrected_name_is_found_and_the_wrong_one_no_more() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let name = |name: &str| pb::CorrectOrganisationRequest {
        request_id: fresh(),
        organisation_id: world.unit("BD-1").to_string(),
        reason: "Ghi nhầm".to_string(),
        attribute: Some(pb::correct_organisation_request::Attribute::Name(
            pb::correct_organisation_request::Name {
                name: name.to_string(),
                short_name: String::new(),
            },
        )),
        ..Default::default()
    };
    for given in ["Công đoàn Bưu điện", "Công đoàn Đường sắt"] {
        admin.corrections.correct_organisation(name(given)).await.expect("corrected");
    }
    assert_eq!(found(&mut admin, searching("duong sta")).await, ["BD-1"]);
    assert_eq!(found(&mut admin, searching("buu dien")).await, [""; 0]);
}
