//! Closed periods: frozen, signed, verified, and held against what is known later.

use proto::reporting::v1 as pb;
use reporting::closing::wire::verify_export;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::returns::{LONG_AGO, SOME_DAY, YEAR, id, of_program, opening, three_unions};
use crate::world::{Actor, World, because, period, refused};

pub fn closing(organisation: Uuid, days: (Date, Date)) -> pb::ClosePeriodRequest {
    pb::ClosePeriodRequest {
        request_id: id(),
        organisation_id: organisation.to_string(),
        period: Some(period(days)),
        ..Default::default()
    }
}

impl Actor {
    async fn closes(&mut self, organisation: Uuid) -> Result<pb::ClosePeriodResponse, Status> {
        Ok(self.closings.close_period(closing(organisation, YEAR)).await?.into_inner())
    }

    async fn revises_closing(
        &mut self,
        closing_id: &str,
    ) -> Result<pb::ReviseClosingResponse, Status> {
        let asked = pb::ReviseClosingRequest {
            request_id: id(),
            closing_id: closing_id.to_string(),
            reason: "Số liệu đến muộn".to_string(),
            ..Default::default()
        };
        Ok(self.closings.revise_closing(asked).await?.into_inner())
    }

    /// A closing and all its cells, page by page.
    async fn exports(&mut self, closing_id: &str) -> pb::ClosingExport {
        let asked = pb::GetClosingRequest { closing_id: closing_id.to_string() };
        let closing = self.closings.get_closing(asked).await.expect("read").into_inner().closing;
        let mut asked = pb::ListClosingCellsRequest {
            closing_id: closing_id.to_string(),
            page_size: 37,
            ..Default::default()
        };
        let mut cells = Vec::new();
        loop {
            let page = self.closings.list_closing_cells(asked.clone()).await.expect("listed");
            let page = page.into_inner();
            cells.extend(page.cells);
            asked.page_token = page.next_page_token;
            if asked.page_token.is_empty() {
                return pb::ClosingExport { closing, cells };
            }
        }
    }

    /// Indicator, line, what was closed, and what is otherwise.
    async fn differs(&mut self, closing_id: &str, other: &str) -> Vec<(String, String, i64, i64)> {
        let mut asked = pb::ListClosingDifferencesRequest {
            closing_id: closing_id.to_string(),
            other_closing_id: other.to_string(),
            page_size: 2,
            ..Default::default()
        };
        let mut differences = Vec::new();
        loop {
            let page = self.closings.list_closing_differences(asked.clone()).await.expect("told");
            let page = page.into_inner();
            differences.extend(
                page.differences
                    .into_iter()
                    .map(|one| (one.indicator, one.line, one.closed_value, one.value)),
            );
            asked.page_token = page.next_page_token;
            if asked.page_token.is_empty() {
                return differences;
            }
        }
    }

    async fn verified(&mut self, closing_id: &str) -> pb::VerifyClosingResponse {
        let asked = pb::VerifyClosingRequest { closing_id: closing_id.to_string() };
        self.closings.verify_closing(asked).await.expect("verified").into_inner()
    }

    async fn keys(&mut self) -> Vec<pb::list_closing_keys_response::Key> {
        let keys = self.closings.list_closing_keys(pb::ListClosingKeysRequest {}).await;
        keys.expect("listed").into_inner().keys
    }
}

#[tokio::test]
async fn a_closed_period_is_verified_by_whoever_has_the_keys_and_no_cell_can_be_another() {
    let world = World::start().await;
    let mut officer = world.officer();
    three_unions(&world);
    let closed = officer.closes(world.hanoi).await.expect("closed");
    let export = officer.exports(&closed.closing_id).await;
    let told = export.closing.clone().expect("a closing");
    assert_eq!(usize::try_from(told.cells).ok(), Some(export.cells.len()));
    assert_eq!((told.revision, &told.digest), (1, &closed.digest));
    assert!(told.feed_positions.iter().any(|position| position.source == "membership"));
    let found = officer.verified(&closed.closing_id).await;
    assert!(found.valid && found.chain_holds && found.signature_holds);
    assert_eq!(found.digest, closed.digest);

    // What was frozen is what a figure counts, and its lines are all of it.
    let cell = |line: &str| {
        let mut cells = export.cells.iter();
        let of = |cell: &&pb::ClosingCell| cell.indicator == "MBR_STOCK" && cell.line == line;
        cells.find(of).map(|cell| (cell.value, cell.name.clone()))
    };
    let counted = officer.value("MBR_STOCK", world.hanoi, YEAR, Some(YEAR.1)).await;
    assert_eq!(cell("TOTAL").map(|(value, _)| value), Some(counted));
    let district = cell(&world.badinh.to_string());
    assert_eq!(district, Some((11, "LĐLĐ quận Ba Đình".to_string())));
    let other = cell(&world.caugiay.to_string()).expect("a line").0;
    assert_eq!(11 + other, counted);

    // Offline: the export and the keys, and nothing else.
    let keys = officer.keys().await;
    assert!(verify_export(&export, &keys).valid());
    for n in [0, export.cells.len() / 2, export.cells.len() - 1] {
        let mut forged = export.clone();
        forged.cells[n].value += 1;
        let found = verify_export(&forged, &keys);
        assert!(!found.chain_holds && found.signature_holds, "the digest is still theirs");
    }
    let mut forged = export.clone();
    forged.cells.pop();
    assert!(!verify_export(&forged, &keys).chain_holds);
    let mut forged = export.clone();
    forged.closing.as_mut().expect("a closing").waived_reports = 5;
    assert!(!verify_export(&forged, &keys).chain_holds);
    // Whoever makes the chain anew cannot sign it.
    forged.closing.as_mut().expect("a closing").digest = verify_export(&forged, &keys).digest;
    let found = verify_export(&forged, &keys);
    assert!(found.chain_holds && !found.signature_holds);
    assert!(!verify_export(&export, &[]).valid());

    // And whoever reaches the database cannot change it unseen.
    let changed = sqlx::query(
        "update closing_cell set value = value + 1
         where closing_id = $1::uuid and indicator = 'MBR_STOCK' and line = 'TOTAL'",
    )
    .bind(&closed.closing_id)
    .execute(&world.look().await)
    .await
    .expect("changed");
    assert_eq!(changed.rows_affected(), 1);
    let found = officer.verified(&closed.closing_id).await;
    assert!(!found.valid && !found.chain_holds && found.signature_holds);
    world.stop().await;
}

#[tokio::test]
async fn what_becomes_known_later_is_a_difference_and_then_the_next_revision() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    let closed = officer.closes(world.badinh).await.expect("closed");
    assert!(officer.differs(&closed.closing_id, "").await.is_empty());
    let nothing = because("CLOSING_CHANGES_NOTHING", "closing_id");
    assert_eq!(refused(officer.revises_closing(&closed.closing_id).await), nothing);
    let twice = because("PERIOD_CLOSED", "period");
    assert_eq!(refused(officer.closes(world.badinh).await), twice);

    // An act that is dated in the closed period is nobody's fault.
    world.admits(first, date!(2021 - 10 - 10), 2);
    let differs = officer.differs(&closed.closing_id, "").await;
    let of = |indicator: &str, line: &str| {
        let mut found = differs.iter();
        let found = found.find(|one| one.0 == indicator && one.1 == line);
        found.map(|one| (one.2, one.3))
    };
    assert_eq!(of("MBR_STOCK", "TOTAL"), Some((11, 13)));
    assert_eq!(of("MBR_STOCK", &first.to_string()), Some((4, 6)));
    assert_eq!(of("MBR_ADMITTED", "TOTAL"), Some((11, 13)));
    assert_eq!(of("ORG_STOCK", "TOTAL"), None, "unions are as many as they were");
    let still = officer.verified(&closed.closing_id).await;
    assert!(still.valid, "what was closed is what it was");

    let revised = officer.revises_closing(&closed.closing_id).await.expect("revised");
    assert_eq!(revised.revision, 2);
    assert_eq!(usize::try_from(revised.differing).ok(), Some(differs.len()));
    let told = officer.exports(&revised.closing_id).await.closing.expect("a closing");
    assert_eq!(
        (&told.earlier_closing_id, &told.earlier_digest),
        (&closed.closing_id, &closed.digest)
    );
    assert_eq!(told.reason, "Số liệu đến muộn");
    assert!(officer.verified(&revised.closing_id).await.valid);
    assert!(officer.verified(&closed.closing_id).await.valid, "the first stands beside it");
    assert!(officer.differs(&revised.closing_id, "").await.is_empty());
    assert_eq!(officer.differs(&closed.closing_id, &revised.closing_id).await, differs);
    // The earlier one is revised no more.
    world.admits(first, date!(2021 - 10 - 11), 1);
    let gone = because("PERIOD_CLOSED", "period");
    assert_eq!(refused(officer.revises_closing(&closed.closing_id).await), gone);
    let asked =
        pb::ListClosingsRequest { organisation_id: world.badinh.to_string(), ..Default::default() };
    let listed = officer.closings.list_closings(asked).await.expect("listed").into_inner();
    let revisions: Vec<i32> = listed.closings.iter().map(|one| one.revision).collect();
    assert_eq!(revisions, [1, 2]);
    // Of another period nothing is compared.
    let other = officer.closes(world.caugiay).await.expect("closed");
    let asked = pb::ListClosingDifferencesRequest {
        closing_id: closed.closing_id,
        other_closing_id: other.closing_id,
        ..Default::default()
    };
    let answer = officer.closings.list_closing_differences(asked).await;
    assert_eq!(refused(answer), because("CLOSING_UNKNOWN", "other_closing_id"));
    world.stop().await;
}

#[tokio::test]
async fn a_period_closes_when_its_reports_are_in_or_waived_by_name() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, _] = three_unions(&world);
    let grassroots = pb::OpenPeriodicReportsRequest {
        forms: vec![of_program("MAU_1_HDCD")],
        ..opening(world.hanoi, LONG_AGO)
    };
    let opened = officer.opens(grassroots).await;
    officer.reports(&opened.of(first), 10).await;
    let outstanding = officer.closes(world.badinh).await.expect_err("before it is in");
    let told = stage::refused::Refused::of(&outstanding);
    assert_eq!(told.short(), ("CLOSING_REPORTS_OUTSTANDING", "period"));
    assert_eq!((&*told.metadata["outstanding"], &*told.metadata["name"]), ("1", "CĐCS HC 2"));
    officer.waives(&opened.of(second), "Ngừng hoạt động").await.expect("waived");
    let closed = officer.closes(world.badinh).await.expect("in or waived");
    let told = officer.exports(&closed.closing_id).await.closing.expect("a closing");
    assert_eq!((told.approved_reports, told.waived_reports), (1, 1));
    // Of the federation one is still out.
    let outstanding = because("CLOSING_REPORTS_OUTSTANDING", "period");
    assert_eq!(refused(officer.closes(world.hanoi).await), outstanding);
    // A cell that is opened again takes its report out of what is in.
    officer.reopens(&opened.of(first), "WORKERS").await.expect("reopened");
    let half = closing(world.badinh, (YEAR.0, date!(2021 - 05 - 31)));
    officer.closings.close_period(half).await.expect("no report is of this period");
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_closed_is_refused_and_nothing_is_frozen() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    world.grants("badinh", "OFFICER", world.badinh);
    let wrong = |change: &dyn Fn(&mut pb::ClosePeriodRequest)| {
        let mut asked = closing(world.hanoi, YEAR);
        change(&mut asked);
        asked
    };
    let cases = [
        (
            wrong(&|asked| asked.period = Some(period((YEAR.1, YEAR.0)))),
            "PERIOD_REVERSED",
            "period",
        ),
        (
            wrong(&|asked| asked.period = Some(period((YEAR.0, SOME_DAY)))),
            "CLOSING_PREMATURE",
            "period",
        ),
        (
            wrong(&|asked| asked.indicators = vec!["MBR_HAPPY".to_string()]),
            "INDICATOR_UNKNOWN",
            "indicators[0]",
        ),
        (
            wrong(&|asked| asked.indicators = vec!["MBR_STOCK".to_string(); 2]),
            "LINE_REPEATED",
            "indicators[1]",
        ),
        (
            wrong(&|asked| asked.indicators = vec!["MBR_STOCK".to_string(); 201]),
            "LIST_TOO_LONG",
            "indicators",
        ),
        (
            wrong(&|asked| asked.decision_id = Uuid::now_v7().to_string()),
            "DECISION_UNKNOWN",
            "decision_id",
        ),
        (
            wrong(&|asked| asked.organisation_id = Uuid::now_v7().to_string()),
            "ORGANISATION_UNKNOWN",
            "organisation_id",
        ),
    ];
    for (asked, reason, field) in cases {
        assert_eq!(refused(officer.closings.close_period(asked).await), because(reason, field));
    }
    let mut badinh = world.actor("badinh");
    let unknown = because("ORGANISATION_UNKNOWN", "organisation_id");
    assert_eq!(refused(badinh.closes(world.caugiay).await), unknown, "another district's");
    let theirs = officer.closes(world.caugiay).await.expect("closed");
    let unknown = because("CLOSING_UNKNOWN", "closing_id");
    assert_eq!(refused(badinh.revises_closing(&theirs.closing_id).await), unknown);
    let asked = pb::GetClosingRequest { closing_id: theirs.closing_id.clone() };
    assert_eq!(refused(badinh.closings.get_closing(asked).await), unknown);

    // Registry ends a union, and membership has yet to settle its members.
    world.ends(first, world.badinh, None, date!(2021 - 06 - 01));
    let premature = officer.closes(world.badinh).await.expect_err("unsettled");
    let told = stage::refused::Refused::of(&premature);
    assert_eq!(told.short(), ("CLOSING_PREMATURE", "period"));
    assert_eq!(told.metadata["unsettled"], "1");
    let count: i64 = sqlx::query_scalar("select count(*) from closing")
        .fetch_one(&world.look().await)
        .await
        .expect("counted");
    assert_eq!(count, 1);
    world.stop().await;
}

#[tokio::test]
async fn of_two_who_close_a_period_one_does() {
    let world = World::start().await;
    three_unions(&world);
    let (mut one, mut other) = (world.officer(), world.officer());
    let answers = tokio::join!(one.closes(world.hanoi), other.closes(world.hanoi));
    let (done, not): (Vec<_>, Vec<_>) = [answers.0, answers.1].into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1);
    let reason = refused(not.into_iter().next().expect("one"));
    assert_eq!(reason, because("PERIOD_CLOSED", "period"));
    world.stop().await;
}
