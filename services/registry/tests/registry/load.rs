use chassis::parse::civil;
use proto::registry::v1 as pb;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

use crate::world::*;

#[tokio::test]
async fn bad_lines_are_each_named_and_nothing_is_written() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let before = world.changes().await;
    let dated = |line: pb::load_organisations_request::Line, on| {
        pb::load_organisations_request::Line { founded_on: Some(civil(on)), ..line }
    };
    let lines = vec![
        line("NEW-1", "CDCS", "NNN_CP", "HN-BD"),
        line("NEW-2", "CDCS", "NNN_CP", "NOWHERE"),
        line("NEW-3", "CDXX", "", "HN-BD"),
        line("NEW-4", "CDCS", "", "HN-BD"),
        line("NEW-1", "CDCS", "NNN_CP", "HN-BD"),
        line("BD-1", "CDCS", "NNN_CP", "HN-BD"),
        line("NEW-5", "LDLD_HUYEN", "", "HN-BD"),
        dated(line("NEW-6", "LDLD_HUYEN", "", "HN"), date!(2012 - 01 - 01)),
        // Founded before its superior, which is a line itself.
        dated(line("NEW-7", "CDCS", "NNN_CP", "NEW-6"), date!(2011 - 12 - 31)),
        dated(line("NEW-8", "CDCS", "NNN_CP", "HN"), today() + Duration::days(1)),
        // A subordinate before its superior.
        line("NEW-9", "CDCS", "NNN_CP", "NEW-10"),
        line("NEW-10", "LDLD_HUYEN", "", "HN"),
    ];
    let status = admin.loads(lines).await.expect_err("refused");
    assert_eq!(
        violations(&status),
        [
            ("lines[1].superior_code", "ORGANISATION_UNKNOWN"),
            ("lines[2].type", "ORGANISATION_TYPE_UNKNOWN"),
            ("lines[2].superior_code", "SUPERIOR_TYPE_NOT_ALLOWED"),
            ("lines[3].sector", "SECTOR_REQUIRED"),
            ("lines[4].code", "LINE_REPEATED"),
            ("lines[5].code", "CODE_TAKEN"),
            ("lines[6].superior_code", "SUPERIOR_TYPE_NOT_ALLOWED"),
            ("lines[8].founded_on", "DATE_OUTSIDE_LIFE"),
            ("lines[9].founded_on", "DATE_IN_FUTURE"),
            ("lines[10].superior_code", "ORGANISATION_UNKNOWN"),
        ]
        .map(|(field, reason)| (field.to_string(), reason.to_string()))
    );
    assert_eq!(reason::<()>(Err(status)), "LINES_REFUSED");

    let unreadable = vec![
        line("NEW-1", "CDCS", "NNN_CP", "HN-BD"),
        pb::load_organisations_request::Line {
            name: "Co\u{302}ng".to_string(),
            ..line("NEW-2", "CDCS", "NNN_CP", "HN-BD")
        },
    ];
    let answer = admin.loads(unreadable).await;
    let status = answer.expect_err("refused");
    assert_eq!(violations(&status), [("lines[1].name".to_string(), "TEXT_NOT_NFC".to_string())]);
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn a_load_is_repeated_whole_and_writes_once() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let request_id = Uuid::new_v4();
    let lines = || -> Vec<_> {
        (0..1_500).map(|n| line(&format!("N-{n}"), "CDCS", "NNN_CP", "HN-BD")).collect()
    };
    assert_eq!(admin.loads_as(request_id, lines()).await.expect("loaded"), 1_500);
    let changes = world.changes().await;
    assert_eq!(admin.loads_as(request_id, lines()).await.expect("loaded"), 1_500);
    assert_eq!(world.changes().await, changes);
    let fewer = lines().into_iter().take(1_499).collect();
    assert_eq!(reason(admin.loads_as(request_id, fewer).await), "REQUEST_ID_REUSED");
    let on = date!(2015 - 01 - 01);
    assert_eq!(admin.subtree(world.unit("HN-BD"), on, 500).await.len(), 1_503);
}

#[tokio::test]
async fn a_load_without_header_or_lines_is_refused() {
    use pb::load_organisations_request::{Lines, Part};
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let answer = admin.loads(Vec::new()).await;
    assert_eq!(refused(answer), ("LINES_EMPTY".into(), "lines".into()));
    let headless = pb::LoadOrganisationsRequest { part: Some(Part::Lines(Lines::default())) };
    let answer = admin.organisations.load_organisations(tokio_stream::iter([headless])).await;
    assert_eq!(reason(answer), "LOAD_HEADER_MISSING");
}

#[tokio::test]
async fn only_what_is_in_scope_can_be_loaded_under() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.grants_role("tn-admin", "ADMINISTRATOR", world.unit("TN")).await.expect("granted");
    let mut loader = world.actor("tn-admin");
    let status = loader.loads(vec![line("X", "CDCS", "NNN_CP", "HN")]).await.expect_err("refused");
    assert_eq!(violations(&status)[0].1, "ORGANISATION_UNKNOWN");
    assert_eq!(loader.loads(vec![line("X", "CDCS", "NNN_CP", "TN")]).await.expect("loaded"), 1);
    let answer = world.actor("hanoi").loads(vec![line("Y", "CDCS", "NNN_CP", "HN")]).await;
    assert_eq!(reason(answer), "PERMISSION_DENIED");
}
