use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::load_organisations_request::{Change, Ending, Line};
use proto::registry::v1::registry_change;
use time::macros::date;
use time::{Date, Duration};
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
            ("lines[3].sector", "SECTOR_REQUIRED"),
            ("lines[4].code", "LINE_REPEATED"),
            ("lines[5].code", "CODE_TAKEN"),
            ("lines[6].superior_code", "SUPERIOR_TYPE_NOT_ALLOWED"),
            ("lines[8].founded_on", "DATE_OUTSIDE_LIFE"),
            ("lines[9].founded_on", "DATE_IN_FUTURE"),
            ("lines[10].superior_code", "SUPERIOR_NOT_BEFORE"),
        ]
        .map(|(field, reason)| (field.to_string(), reason.to_string()))
    );
    assert_eq!(reason::<()>(Err(status)), "LINES_REFUSED");

    let unreadable = vec![
        line("NEW-1", "CDCS", "NNN_CP", "HN-BD"),
        pb::load_organisations_request::Line {
            name: "Công\u{202e}".to_string(),
            ..line("NEW-2", "CDCS", "NNN_CP", "HN-BD")
        },
    ];
    let answer = admin.loads(unreadable).await;
    let status = answer.expect_err("refused");
    assert_eq!(violations(&status), [("lines[1].name".to_string(), "TEXT_MALFORMED".to_string())]);
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

/// A change of a line from a day on; what it says is for the caller to add.
fn from(on: Date) -> Change {
    Change { from_on: Some(civil(on)), ..Default::default() }
}

fn with(line: Line, changes: Vec<Change>) -> Line {
    Line { changes, ..line }
}

fn ending(on: Date, kind: pb::EndKind, successor: &str) -> Option<Ending> {
    Some(Ending {
        ended_on: Some(civil(on)),
        kind: kind.into(),
        principal_successor_code: successor.to_string(),
    })
}

#[tokio::test]
async fn a_loaded_history_is_read_day_by_day() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let lines = vec![
        line("OLD", "LDLD_HUYEN", "", "HN"),
        with(
            line("U", "CDCS", "NNN_CP", "OLD"),
            vec![
                Change { name: "Tên mới".into(), ..from(date!(2014 - 03 - 01)) },
                Change {
                    superior_code: "HN-BD".into(),
                    code: "U-2".into(),
                    sector: "FDI_LD".into(),
                    ..from(date!(2016 - 01 - 01))
                },
                Change {
                    status: pb::OrganisationStatus::Suspended.into(),
                    ..from(date!(2018 - 01 - 01))
                },
                Change {
                    status: pb::OrganisationStatus::Active.into(),
                    ..from(date!(2018 - 07 - 01))
                },
            ],
        ),
        Line {
            ending: ending(date!(2017 - 05 - 01), pb::EndKind::Merged, "U-2"),
            ..line("V", "CDCS", "NNN_CP", "HN-BD")
        },
    ];
    // What ended before frees its code: another bears it from that day on.
    let lines = [
        lines,
        vec![Line {
            founded_on: Some(civil(date!(2017 - 05 - 01))),
            ..line("V", "CDCS", "NNN_CP", "HN-BD")
        }],
    ]
    .concat();
    assert_eq!(admin.loads(lines).await.expect("loaded"), 4);

    let find = |code: &str, on: Date| pb::BatchGetOrganisationsRequest {
        codes: vec![code.to_string()],
        as_of: Some(civil(on)),
        ..Default::default()
    };
    let mut reader = admin.clone();
    let mut found = async |code: &str, on: Date| {
        let answer = reader.organisations.batch_get_organisations(find(code, on)).await;
        answer.expect("found").into_inner().organisations.remove(0)
    };
    let first = found("U", date!(2013 - 01 - 01)).await;
    assert_eq!(first.name, "Công đoàn U");
    assert_eq!(first.sector, "NNN_CP");
    let renamed = found("U", date!(2015 - 12 - 31)).await;
    assert_eq!((renamed.name.as_str(), &renamed.superior_id), ("Tên mới", &first.superior_id));
    let moved = found("U-2", date!(2016 - 01 - 01)).await;
    assert_eq!(moved.organisation_id, first.organisation_id);
    assert_eq!((moved.sector.as_str(), moved.name.as_str()), ("FDI_LD", "Tên mới"));
    assert_eq!(id(&moved.superior_id), world.unit("HN-BD"));
    let suspended = found("U-2", date!(2018 - 06 - 30)).await;
    assert_eq!(suspended.status(), pb::OrganisationStatus::Suspended);
    let resumed = found("U-2", date!(2018 - 07 - 01)).await;
    assert_eq!(resumed.status(), pb::OrganisationStatus::Active);
    let merged = found("V", date!(2017 - 04 - 30)).await;
    assert_eq!(merged.ended_on, Some(civil(date!(2017 - 05 - 01))));
    assert_eq!(merged.principal_successor_id, first.organisation_id);
    assert_eq!(merged.status(), pb::OrganisationStatus::Active);
    assert_ne!(found("V", today()).await.organisation_id, merged.organisation_id);
    for on in [date!(2017 - 05 - 01), today()] {
        let request = pb::GetOrganisationRequest {
            organisation_id: merged.organisation_id.clone(),
            as_of: Some(civil(on)),
            ..Default::default()
        };
        let ended = admin.organisations.get_organisation(request).await.expect("found");
        let ended = ended.into_inner().organisation.expect("told");
        assert_eq!(ended.status(), pb::OrganisationStatus::Ended, "on {on}");
        assert_eq!(ended.status_from, Some(civil(date!(2017 - 05 - 01))));
    }
    let mut searched = async |status: pb::OrganisationStatus| -> Vec<String> {
        let request = pb::SearchOrganisationsRequest {
            text: "Công đoàn V".to_string(),
            status: status.into(),
            ..Default::default()
        };
        let answer = admin.organisations.search_organisations(request).await.expect("searched");
        let found = answer.into_inner().organisations.into_iter();
        found.map(|organisation| organisation.organisation_id).collect()
    };
    assert!(!searched(pb::OrganisationStatus::Active).await.contains(&merged.organisation_id));
    assert!(searched(pb::OrganisationStatus::Ended).await.contains(&merged.organisation_id));
    let below = admin.subtree(world.unit("HN-BD"), date!(2017 - 04 - 30), 100).await;
    assert!(below.contains(&"V".to_string()) && below.contains(&"U-2".to_string()), "{below:?}");

    // The feed tells the histories in the act that loaded them.
    let published = world.published().await;
    let timelines = published.iter().find_map(|(.., change)| match change {
        registry_change::Change::TimelinesCorrected(corrected) => Some(&corrected.timelines),
        _ => None,
    });
    let timelines = timelines.expect("published");
    assert_eq!(timelines.len(), 2);
    assert_eq!(timelines[0].superiors.len(), 2);
    assert_eq!(timelines[1].ending.as_ref().expect("ended").last_superior_id, moved.superior_id);
}

#[tokio::test]
async fn bad_histories_are_each_named_and_nothing_is_written() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let before = world.changes().await;
    let moved = |code: &str, to: &str, on| {
        let change = Change { superior_code: to.into(), ..from(on) };
        with(line(code, "CDCS", "NNN_CP", "HN-BD"), vec![change])
    };
    let lines = vec![
        // It ends while another still stands under it, and while it is to be under nobody.
        Line {
            ending: ending(date!(2015 - 01 - 01), pb::EndKind::Dissolved, ""),
            ..line("A", "LDLD_HUYEN", "", "HN")
        },
        line("A-1", "CDCS", "NNN_CP", "A"),
        moved("B", "C", date!(2016 - 01 - 01)),
        line("C", "LDLD_HUYEN", "", "HN"),
        moved("D", "D", date!(2016 - 01 - 01)),
        moved("E", "TLD", date!(2016 - 01 - 01)),
        with(
            line("F", "CDCS", "NNN_CP", "HN-BD"),
            vec![Change { r#type: "LDLD_HUYEN".into(), ..from(date!(2016 - 01 - 01)) }],
        ),
        with(
            line("G", "CDCS", "NNN_CP", "HN-BD"),
            vec![Change { code: "BD-1".into(), ..from(date!(2016 - 01 - 01)) }],
        ),
        with(
            line("H", "CDCS", "NNN_CP", "HN-BD"),
            vec![Change { code: "C".into(), ..from(date!(2016 - 01 - 01)) }],
        ),
        Line {
            ending: ending(date!(2016 - 01 - 01), pb::EndKind::Merged, ""),
            ..line("I", "CDCS", "NNN_CP", "HN-BD")
        },
        Line {
            ending: ending(date!(2016 - 01 - 01), pb::EndKind::Merged, "NOWHERE"),
            ..line("J", "CDCS", "NNN_CP", "HN-BD")
        },
        with(
            line("K", "CDCS", "NNN_CP", "HN-BD"),
            vec![Change { sector: "FDI".into(), ..from(date!(2016 - 01 - 01)) }],
        ),
        with(line("L", "CDCS", "NNN_CP", "HN-BD"), vec![from(today() + Duration::days(1))]),
    ];
    let status = admin.loads(lines).await.expect_err("refused");
    assert_eq!(
        violations(&status),
        [
            ("lines[1].superior_code", "SUPERIOR_ENDED"),
            ("lines[2].changes[0].superior_code", "SUPERIOR_NOT_BEFORE"),
            ("lines[4].changes[0].superior_code", "SUPERIOR_NOT_BEFORE"),
            ("lines[5].changes[0].superior_code", "SUPERIOR_TYPE_NOT_ALLOWED"),
            ("lines[6].superior_code", "SUPERIOR_TYPE_NOT_ALLOWED"),
            ("lines[7].changes[0].code", "CODE_TAKEN"),
            ("lines[8].changes[0].code", "LINE_REPEATED"),
            ("lines[9].ending.principal_successor_code", "SUCCESSOR_REQUIRED"),
            ("lines[10].ending.principal_successor_code", "ORGANISATION_UNKNOWN"),
            ("lines[11].changes[0].sector", "SECTOR_UNKNOWN"),
            ("lines[12].changes[0].from_on", "DATE_IN_FUTURE"),
        ]
        .map(|(field, reason)| (field.to_string(), reason.to_string()))
    );

    let disordered =
        |days: [Date; 2]| with(line("M", "CDCS", "NNN_CP", "HN-BD"), days.map(from).into());
    let twice = disordered([date!(2016 - 01 - 01), date!(2016 - 01 - 01)]);
    let status = admin.loads(vec![twice]).await.expect_err("refused");
    let named = |field: &str| vec![(field.to_string(), "CHANGES_OUT_OF_ORDER".to_string())];
    assert_eq!(violations(&status), named("lines[0].changes[1].from_on"));
    let ended = Line {
        ending: ending(date!(2016 - 01 - 01), pb::EndKind::Dissolved, ""),
        ..disordered([date!(2016 - 01 - 01), date!(2016 - 01 - 02)])
    };
    let status = admin.loads(vec![ended]).await.expect_err("refused");
    assert_eq!(violations(&status), named("lines[0].ending.ended_on"));
    let early = disordered([ORIGIN, date!(2016 - 01 - 01)]);
    let status = admin.loads(vec![early]).await.expect_err("refused");
    assert_eq!(violations(&status), named("lines[0].changes[0].from_on"));
    assert_eq!(world.changes().await, before);
}

#[tokio::test]
async fn a_load_that_broke_off_goes_on_from_the_line_after_the_last_one_kept() {
    use pb::load_organisations_request::{Header, Lines, Part};
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let load_id = Uuid::new_v4();
    let line = |n: usize| line(&format!("N-{n}"), "CDCS", "NNN_CP", "HN-BD");
    let part = |part| pb::LoadOrganisationsRequest { part: Some(part) };
    let header = |first_line| {
        part(Part::Header(Header {
            request_id: load_id.to_string(),
            first_line,
            ..Default::default()
        }))
    };
    let lines = |range: std::ops::Range<usize>| {
        part(Part::Lines(Lines { lines: range.map(line).collect() }))
    };
    let mut asking = admin.clone();
    let mut progress = async || {
        let request = pb::GetLoadRequest { load_id: load_id.to_string() };
        asking.organisations.get_load(request).await.expect("answered").into_inner()
    };
    assert_eq!(progress().await, pb::GetLoadResponse::default());

    // The stream breaks off when two messages were taken in.
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let mut sending = admin.clone();
    let broken = tokio::spawn(async move {
        let parts = tokio_stream::wrappers::ReceiverStream::new(receiver);
        sending.organisations.load_organisations(parts).await
    });
    for message in [header(0), lines(0..700), lines(700..1_000)] {
        sender.send(message).await.expect("sent");
    }
    while progress().await.lines_kept < 1_000 {
        tokio::task::yield_now().await;
    }
    broken.abort();
    assert_eq!(progress().await.lines_kept, 1_000);
    assert_eq!(admin.subtree(world.unit("HN-BD"), today(), 500).await.len(), 3);

    let gap = tokio_stream::iter([header(1_001), lines(1_001..1_200)]);
    let answer = admin.organisations.load_organisations(gap).await;
    assert_eq!(refused(answer), ("LOAD_LINES_MISSING".into(), "header.first_line".into()));
    let headers = tokio_stream::iter([header(1_000), header(1_000)]);
    let answer = admin.organisations.load_organisations(headers).await;
    assert_eq!(reason(answer), "LOAD_HEADER_MISSING");
    assert_eq!(progress().await.lines_kept, 1_000);
    let rest = tokio_stream::iter([header(1_000), lines(1_000..1_500)]);
    let answer = admin.organisations.load_organisations(rest).await.expect("loaded");
    assert_eq!(answer.into_inner().organisations, 1_500);
    let done = pb::GetLoadResponse { lines_kept: 0, loaded: true, organisations: 1_500 };
    assert_eq!(progress().await, done);
    // Repeated whole, in other messages, it is the same load.
    let whole = tokio_stream::iter([header(0), lines(0..1_000), lines(1_000..1_500)]);
    let answer = admin.organisations.load_organisations(whole).await.expect("answered");
    assert_eq!(answer.into_inner().organisations, 1_500);
    assert_eq!(admin.subtree(world.unit("HN-BD"), today(), 500).await.len(), 1_503);
    // Nobody learns of somebody else's loads.
    admin.grants_role("tn-admin", "ADMINISTRATOR", world.unit("TN")).await.expect("granted");
    let request = pb::GetLoadRequest { load_id: load_id.to_string() };
    let mut stranger = world.actor("tn-admin");
    let answer = stranger.organisations.get_load(request.clone()).await.expect("answered");
    assert_eq!(answer.into_inner(), pb::GetLoadResponse::default());
    let answer = world.actor("hanoi").organisations.get_load(request).await;
    assert_eq!(reason(answer), "PERMISSION_DENIED");
}

#[tokio::test]
async fn an_unknown_type_is_refused_once_and_not_as_a_pair_with_its_superiors() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    let lines = vec![
        line("X-1", "LDLD_HUYENN", "", "HN"),
        line("X-2", "CDCS", "NNN_CP", "X-1"),
        line("X-3", "CDCS", "NNN_CP", "HN-BD"),
    ];
    let status = admin.loads(lines).await.expect_err("refused");
    let named = violations(&status);
    let expected = [("lines[0].type".to_string(), "ORGANISATION_TYPE_UNKNOWN".to_string())];
    assert_eq!(named, expected);
}
