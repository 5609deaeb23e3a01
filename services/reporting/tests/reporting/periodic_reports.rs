//! Periodic reports, from what is opened to what is added up.

use chassis::parse::civil;
use proto::registry::v1::DecisionRecorded;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use proto::reporting::v1::PeriodicReportState as State;
use time::macros::date;
use uuid::Uuid;

use crate::returns::{
    LONG_AGO, SOME_DAY, YEAR, at, cell, declaring, defining, id, of_program, opening, otherwise,
    state, tet, three_unions,
};
use crate::world::{World, because, refused};

#[tokio::test]
async fn what_unions_report_is_added_up_from_level_to_level_beside_what_was_counted() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, third] = three_unions(&world);
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    // Three unions, two districts, the sector union and the federation itself.
    assert_eq!(opened.reports.len(), 7);

    let report = opened.of(first);
    officer.drafts(&report).await.expect("drafted");
    let drafted = officer.report(&report).await;
    assert_eq!(at(&drafted, "MEMBERS").computed, Some(4));
    assert_eq!(at(&drafted, "MEMBERS_BEFORE").computed, Some(0));
    assert_eq!(at(&drafted, "MEMBERS_ADMITTED").value, Some(4));
    assert_eq!((at(&drafted, "WORKERS").computed, at(&drafted, "WORKERS").value), (None, None));
    let sources: Vec<&str> =
        drafted.computed_positions.iter().map(|position| &*position.source).collect();
    assert_eq!(sources, ["membership", "registry", "reporting"]);
    assert!(drafted.computed_at.is_some());
    let wages = |workers, wage| {
        vec![
            cell("WORKERS", workers),
            cell("WORKERS_FEMALE", 1),
            cell("WAGE_VND", wage),
            cell("WAGE_COUNTED", workers),
        ]
    };
    // Six, says the union, where the register knows four: two were admitted and not recorded.
    let mut cells = wages(10, 8_000_000);
    cells.push(otherwise("MEMBERS", 6, "Hai người chưa nhập sổ"));
    cells.push(otherwise("MEMBERS_INCREASED", 6, "Hai người chưa nhập sổ"));
    officer.declares(&report, cells).await.expect("declared");
    officer.submits(&report).await.expect("submitted");
    officer.approves(&report).await.expect("approved");
    for (union, workers, wage) in [(second, 30, 10_000_000), (third, 7, 9_000_000)] {
        let report = opened.of(union);
        officer.drafts(&report).await.expect("drafted");
        officer.declares(&report, wages(workers, wage)).await.expect("declared");
        officer.submits(&report).await.expect("submitted");
        officer.approves(&report).await.expect("approved");
    }

    let district = opened.of(world.badinh);
    let added = officer.consolidates(&district).await.expect("consolidated");
    assert_eq!((added.consolidated, added.missing), (2, 0));
    let told = officer.report(&district).await;
    let members = at(&told, "MEMBERS");
    assert_eq!((members.consolidated, members.computed), (Some(6 + 7), Some(4 + 7)));
    assert_eq!((members.computed_below, members.overridden_below), (Some(11), 1));
    assert_eq!(at(&told, "WAGE_VND").value, Some((10 * 8_000_000 + 30 * 10_000_000) / 40));
    // Its unions are not asked how many unions they are.
    assert_eq!((at(&told, "UNIONS").consolidated, at(&told, "UNIONS").value), (None, Some(2)));
    let density = at(&told, "DENSITY");
    assert_eq!((density.numerator, density.denominator), (Some(13), Some(40)));
    assert_eq!((told.below, told.consolidated, told.stale), (2, 2, 0));
    officer.submits(&district).await.expect("submitted");
    officer.approves(&district).await.expect("approved");

    officer.consolidates(&opened.of(world.caugiay)).await.expect("consolidated");
    officer.submits(&opened.of(world.caugiay)).await.expect("submitted");
    officer.approves(&opened.of(world.caugiay)).await.expect("approved");
    let federation = opened.of(world.hanoi);
    let added = officer.consolidates(&federation).await.expect("consolidated");
    // Nobody has heard of the sector union yet.
    assert_eq!((added.consolidated, added.missing), (2, 1));
    let told = officer.report(&federation).await;
    assert_eq!(at(&told, "WORKERS").value, Some(10 + 30 + 7));
    let members = at(&told, "MEMBERS");
    assert_eq!((members.value, members.computed), (Some(6 + 7 + 5), Some(16)));
    assert_eq!((members.computed_below, members.overridden_below), (Some(16), 1));
    assert_eq!(at(&told, "UNIONS").value, Some(3));
    // What was counted for the report is what a figure counts.
    let counted = officer.value("MBR_STOCK", world.hanoi, YEAR, Some(YEAR.1)).await;
    assert_eq!(members.computed, Some(counted));
    world.stop().await;
}

#[tokio::test]
async fn who_is_to_report_is_who_existed_on_the_cut_off_day_whatever_happens_later() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, _] = three_unions(&world);
    let before = world.founds(world.badinh, "HC", "CĐCS đầu năm", YEAR.1);
    let later = world.founds(world.badinh, "HC", "CĐCS cuối năm", date!(2021 - 12 - 01));
    // Ended on the day after the cut-off, into one of Cầu Giấy.
    let ended = date!(2021 - 12 - 01);
    let heir = world.loads_unions(world.caugiay, "HC", 1)[0];
    world.ends(second, world.badinh, Some(heir), ended);
    let gone = world.loads_unions(world.badinh, "HC", 1)[0];
    world.ends(gone, world.badinh, None, YEAR.1);
    let opened = officer.opens(opening(world.badinh, LONG_AGO)).await;
    assert!(opened.reports.contains_key(&before.to_string()));
    assert!(opened.reports.contains_key(&second.to_string()), "it lived on the cut-off day");
    assert!(!opened.reports.contains_key(&later.to_string()), "founded after the cut-off");
    assert!(!opened.reports.contains_key(&gone.to_string()), "its last day was the one before");
    // What was founded since on an earlier day changes no list.
    let loaded = world.loads_unions(world.badinh, "HC", 1)[0];
    let lines = officer.lines(&opened.opening_id, "", &[]).await;
    assert!(lines.iter().all(|line| line.organisation_id != loaded.to_string()));
    assert_eq!(lines.iter().filter(|line| line.ended).count(), 1);

    // Whoever took it over reports for it, and to the district that asked.
    world.grants("caugiay", "OFFICER", world.caugiay);
    world.grants("badinh", "OFFICER", world.badinh);
    let (mut caugiay, mut badinh) = (world.actor("caugiay"), world.actor("badinh"));
    let report = opened.of(second);
    caugiay.drafts(&report).await.expect("drafted by the heir's district");
    let cells = vec![cell("WORKERS", 9), cell("WORKERS_FEMALE", 4)];
    caugiay.declares(&report, cells).await.expect("declared");
    caugiay.submits(&report).await.expect("submitted");
    let unknown = because("PERIODIC_REPORT_UNKNOWN", "report_id");
    assert_eq!(refused(caugiay.approves(&report).await), unknown);
    badinh.approves(&report).await.expect("approved");
    assert_eq!(refused(badinh.drafts(&report).await), unknown, "it is the heir's");
    // Of the others a district knows nothing.
    assert_eq!(refused(caugiay.try_report(&opened.of(first), false).await), unknown);
    world.stop().await;
}

#[tokio::test]
async fn what_is_against_the_form_is_not_submitted_and_all_of_it_is_named_at_once() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    let report = opened.of(first);
    officer.drafts(&report).await.expect("drafted");
    let missing = officer.submits(&report).await.expect_err("incomplete");
    let fields = stage::refused::violations(&missing);
    let named = |field: &str| (field.to_string(), "PERIODIC_REPORT_INCOMPLETE".to_string());
    assert_eq!(fields, [named("cells.WORKERS"), named("cells.WORKERS_FEMALE")]);

    let cells = vec![
        cell("WORKERS", 3),
        cell("WORKERS_FEMALE", 4),
        cell("HOUSED", 2),
        cell("RENTING", 2),
        otherwise("MEMBERS_ADMITTED", 3, "Một người công nhận"),
    ];
    officer.declares(&report, cells).await.expect("declared");
    let told = officer.report(&report).await;
    let found: Vec<(&str, bool)> =
        told.findings.iter().map(|one| (&*one.check, one.blocking)).collect();
    assert_eq!(found, [("WORKERS_FEMALE", true), ("HOUSING", true), ("MEMBERS_OF_WORKERS", false)]);
    let women = &told.findings[0];
    assert_eq!((women.left, &*women.comparator, women.right), (4, "<=", 3));
    assert_eq!(women.rows, ["WORKERS_FEMALE", "WORKERS"]);
    let failed = officer.submits(&report).await.expect_err("against checks");
    let fields: Vec<(String, String)> = stage::refused::violations(&failed);
    let named = |field: &str| (field.to_string(), "PERIODIC_REPORT_CHECK_FAILED".to_string());
    assert_eq!(fields, [named("cells.WORKERS_FEMALE"), named("cells.HOUSED")]);
    assert_eq!(state(&officer.report(&report).await), State::Draft, "nothing was changed");

    // The book of members has to balance: 0 + 4 - 0 = 4.
    let cells =
        vec![cell("WORKERS_FEMALE", 3), cell("RENTING", 1), otherwise("MEMBERS", 5, "Đếm lại")];
    officer.declares(&report, cells).await.expect("declared");
    let failed = refused(officer.submits(&report).await);
    assert_eq!(failed, because("PERIODIC_REPORT_CHECK_FAILED", "cells.MEMBERS_BEFORE"));
    let back = pb::declare_periodic_report_request::Cell {
        row: "MEMBERS".to_string(),
        ..Default::default()
    };
    officer.declares(&report, vec![back]).await.expect("taken back");
    let submitted = officer.submits(&report).await.expect("submitted");
    let warned: Vec<&str> = submitted.findings.iter().map(|one| &*one.check).collect();
    assert_eq!(warned, ["MEMBERS_OF_WORKERS"], "what only warns stops nobody");
    world.stop().await;
}

#[tokio::test]
async fn a_stock_that_does_not_continue_the_period_before_is_warned_of() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    let half = (date!(2021 - 12 - 01), date!(2022 - 05 - 31));
    let year = officer.opens(opening(world.badinh, SOME_DAY)).await;
    officer.reports(&year.of(first), 20).await;
    let next = pb::OpenPeriodicReportsRequest {
        period: Some(crate::world::period(half)),
        ..opening(world.badinh, SOME_DAY)
    };
    let next = officer.opens(next).await;
    // Somebody is admitted on a day of the year that was reported.
    world.admits(first, date!(2021 - 11 - 01), 1);
    let report = next.of(first);
    officer.drafts(&report).await.expect("drafted");
    let told = officer.report(&report).await;
    let found: Vec<(&str, i64, i64)> =
        told.findings.iter().map(|one| (&*one.check, one.left, one.right)).collect();
    assert_eq!(found, [("MEMBERS_CONTINUED", 5, 4)]);
    // Drafted again as it was not approved yet, the other one would see nothing before it.
    assert!(officer.report(&next.of(world.badinh)).await.findings.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_revised_report_makes_its_superior_stale_until_that_is_consolidated_again() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, _] = three_unions(&world);
    let opened = officer.opens(opening(world.badinh, SOME_DAY)).await;
    let (report, district) = (opened.of(first), opened.of(world.badinh));
    officer.reports(&report, 10).await;
    officer.reports(&opened.of(second), 20).await;
    officer.consolidates(&district).await.expect("consolidated");
    officer.submits(&district).await.expect("submitted");
    officer.approves(&district).await.expect("approved");
    assert!(!officer.report(&district).await.report.expect("a line").stale);

    assert_eq!(officer.revises(&report).await.expect("revised"), 2);
    let told = officer.report(&district).await;
    assert_eq!((told.stale, told.report.as_ref().map(|line| line.stale)), (1, Some(true)));
    officer.declares(&report, vec![cell("WORKERS", 12)]).await.expect("declared");
    // What was approved is known as it was, and is what would be added up.
    let approved = officer.try_report(&report, true).await.expect("read");
    assert_eq!(at(&approved, "WORKERS").value, Some(10));
    assert_eq!(at(&officer.report(&report).await, "WORKERS").value, Some(12));
    officer.submits(&report).await.expect("submitted");
    officer.approves(&report).await.expect("approved");

    assert_eq!(officer.revises(&district).await.expect("revised"), 2);
    officer.consolidates(&district).await.expect("consolidated");
    let told = officer.report(&district).await;
    assert_eq!((at(&told, "WORKERS").value, told.stale), (Some(32), 0));
    let steps: Vec<&str> = told.steps.iter().map(|step| &*step.step).collect();
    assert_eq!(steps, ["CONSOLIDATED", "REVISED", "APPROVED", "SUBMITTED", "CONSOLIDATED"]);
    world.stop().await;
}

#[tokio::test]
async fn one_cell_is_opened_again_and_nothing_else_can_be_changed() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, _] = three_unions(&world);
    let opened = officer.opens(opening(world.badinh, SOME_DAY)).await;
    let (report, district) = (opened.of(first), opened.of(world.badinh));
    officer.reports(&report, 10).await;
    officer.reports(&opened.of(second), 20).await;
    officer.consolidates(&district).await.expect("consolidated");
    let unfit = because("PERIODIC_REPORT_STATE_UNFIT", "report_id");
    assert_eq!(refused(officer.declares(&report, vec![cell("WORKERS", 11)]).await), unfit);

    let unknown = because("PERIODIC_REPORT_ROW_UNKNOWN", "row");
    assert_eq!(refused(officer.reopens(&report, "DENSITY").await), unknown, "a ratio has no cell");
    officer.reopens(&report, "WORKERS").await.expect("reopened");
    let told = officer.report(&report).await;
    assert!(at(&told, "WORKERS").reopened && !at(&told, "WORKERS_FEMALE").reopened);
    assert_eq!(told.report.expect("a line").edition, 2, "what was approved stays an edition");
    assert!(officer.report(&district).await.report.expect("a line").stale);
    let closed = because("PERIODIC_REPORT_CELL_CLOSED", "cells[1].row");
    let cells = vec![cell("WORKERS", 11), cell("WORKERS_FEMALE", 5)];
    assert_eq!(refused(officer.declares(&report, cells).await), closed);
    let texts = vec![pb::PeriodicReportText {
        section: "RESULTS".to_string(),
        paragraphs: vec!["Đã làm".to_string()],
    }];
    let asked = pb::DeclarePeriodicReportRequest { texts, ..declaring(&report) };
    let answer = officer.periodic_reports.declare_periodic_report(asked).await;
    assert_eq!(refused(answer), because("PERIODIC_REPORT_CELL_CLOSED", "texts"));
    assert_eq!(refused(officer.drafts(&report).await), unfit);
    officer.declares(&report, vec![cell("WORKERS", 11)]).await.expect("declared");
    officer.submits(&report).await.expect("submitted");
    let told = officer.report(&report).await;
    assert!(told.cells.iter().all(|cell| !cell.reopened), "it is closed again");
    world.stop().await;
}

#[tokio::test]
async fn a_step_out_of_order_or_on_a_revision_that_is_gone_changes_nothing() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    let report = opened.of(first);
    let unfit = because("PERIODIC_REPORT_STATE_UNFIT", "report_id");
    assert_eq!(refused(officer.submits(&report).await), unfit, "nobody has begun");
    assert_eq!(refused(officer.approves(&report).await), unfit);
    assert_eq!(refused(officer.revises(&report).await), unfit);
    let nothing = because("PERIODIC_REPORT_NOTHING_BELOW", "report_id");
    assert_eq!(refused(officer.consolidates(&report).await), nothing);
    let read = officer.drafts(&report).await.expect("drafted");
    let cells = vec![cell("WORKERS", 9), cell("WORKERS_FEMALE", 1)];
    officer.declares(&report, cells).await.expect("declared");
    let changed = because("PERIODIC_REPORT_CHANGED", "revision");
    assert_eq!(refused(officer.submits_on(&report, read).await), changed);
    officer.submits_on(&report, read + 1).await.expect("submitted");
    assert_eq!(refused(officer.submits(&report).await), unfit, "twice");
    let required = because("FIELD_REQUIRED", "message");
    assert_eq!(refused(officer.returns(&report, " ").await), required);
    officer.returns(&report, "Thiếu phần nhà ở").await.expect("returned");
    assert_eq!(refused(officer.returns(&report, "Lại thiếu").await), unfit, "twice");
    assert_eq!(refused(officer.approves(&report).await), unfit, "it was given back");
    let told = officer.report(&report).await;
    let returned = told.steps.iter().find(|step| step.step == "RETURNED").expect("a step");
    assert_eq!(returned.message, "Thiếu phần nhà ở");
    assert_eq!(told.report.expect("a line").submitted_on, None, "its time goes on");
    officer.submits(&report).await.expect("submitted again");
    officer.approves(&report).await.expect("approved");
    assert_eq!(refused(officer.waives(&report, "Thôi").await), unfit);
    world.stop().await;
}

#[tokio::test]
async fn of_two_who_submit_on_one_revision_one_succeeds() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    let report = opened.of(first);
    officer.drafts(&report).await.expect("drafted");
    let cells = vec![cell("WORKERS", 9), cell("WORKERS_FEMALE", 1)];
    let read = officer.declares(&report, cells).await.expect("declared");
    let (mut one, mut other) = (world.officer(), world.officer());
    let answers = tokio::join!(one.submits_on(&report, read), other.submits_on(&report, read));
    let (done, refused_one): (Vec<_>, Vec<_>) =
        [answers.0, answers.1].into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused_one.len()), (1, 1));
    let reason = refused(refused_one.into_iter().next().expect("one"));
    assert_eq!(reason, because("PERIODIC_REPORT_CHANGED", "revision"));
    world.stop().await;
}

#[tokio::test]
async fn a_cell_that_says_something_else_than_was_counted_says_why() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    let report = opened.of(first);
    officer.drafts(&report).await.expect("drafted");
    let without = because("PERIODIC_REPORT_REASON_MISSING", "cells[0].reason");
    assert_eq!(refused(officer.declares(&report, vec![cell("MEMBERS", 5)]).await), without);
    officer.declares(&report, vec![cell("MEMBERS", 4)]).await.expect("as was counted");
    let unknown = because("PERIODIC_REPORT_ROW_UNKNOWN", "cells[0].row");
    assert_eq!(refused(officer.declares(&report, vec![cell("HAPPY", 5)]).await), unknown);
    let beyond = because("PERIODIC_REPORT_VALUE_OUT_OF_RANGE", "cells[0].value");
    let much = vec![cell("WORKERS", i64::MAX)];
    assert_eq!(refused(officer.declares(&report, much).await), beyond);
    let twice = vec![cell("WORKERS", 1), cell("WORKERS", 2)];
    let repeated = because("LINE_REPEATED", "cells[1].row");
    assert_eq!(refused(officer.declares(&report, twice).await), repeated);
    let nothing = because("LIST_EMPTY", "cells");
    assert_eq!(refused(officer.declares(&report, Vec::new()).await), nothing);

    let said = pb::DeclarePeriodicReportRequest {
        texts: vec![pb::PeriodicReportText {
            section: "RESULTS".to_string(),
            paragraphs: vec!["Kết nạp 4 đoàn viên.".to_string(), "Tổ chức hội nghị.".to_string()],
        }],
        conclusions: vec![pb::PeriodicReportConclusion {
            meeting: "Hội nghị Ban Chấp hành".to_string(),
            held_on: Some(civil(date!(2021 - 11 - 20))),
            conclusion: "Thống nhất số liệu".to_string(),
        }],
        attachments: vec![pb::PeriodicReportAttachment {
            name: "Biên bản.pdf".to_string(),
            sha256: "AB".repeat(32),
            place: "Tủ hồ sơ 3".to_string(),
        }],
        ..declaring(&report)
    };
    officer.periodic_reports.declare_periodic_report(said.clone()).await.expect("declared");
    let told = officer.report(&report).await;
    assert_eq!((&told.texts, &told.conclusions), (&said.texts, &said.conclusions));
    assert_eq!(told.attachments[0].sha256, "ab".repeat(32));
    let mut wrong = pb::DeclarePeriodicReportRequest { request_id: id(), ..said.clone() };
    wrong.attachments[0].sha256 = "ab".repeat(31);
    let answer = officer.periodic_reports.declare_periodic_report(wrong).await;
    let malformed = because("PERIODIC_REPORT_DIGEST_MALFORMED", "attachments[0].sha256");
    assert_eq!(refused(answer), malformed);
    let mut future = pb::DeclarePeriodicReportRequest { request_id: id(), ..said };
    future.conclusions[0].held_on = Some(civil(SOME_DAY));
    let answer = officer.periodic_reports.declare_periodic_report(future).await;
    let unfit = because("PERIODIC_REPORT_DATES_UNFIT", "conclusions[0].held_on");
    assert_eq!(refused(answer), unfit);
    world.stop().await;
}

#[tokio::test]
async fn a_reporter_sees_its_own_and_a_superior_those_below_and_only_that_one_approves() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, third] = three_unions(&world);
    world.grants("clerk", "OFFICER", first);
    world.grants("badinh", "OFFICER", world.badinh);
    world.grants("caugiay", "OFFICER", world.caugiay);
    world.grants("reader", "READER", world.hanoi);
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    let (report, unknown) = (opened.of(first), because("PERIODIC_REPORT_UNKNOWN", "report_id"));
    let mut clerk = world.actor("clerk");
    clerk.drafts(&report).await.expect("its own");
    let cells = vec![cell("WORKERS", 9), cell("WORKERS_FEMALE", 1)];
    clerk.declares(&report, cells).await.expect("its own");
    clerk.submits(&report).await.expect("its own");
    assert_eq!(refused(clerk.approves(&report).await), unknown, "nobody approves its own");
    assert_eq!(refused(clerk.returns(&report, "Sửa").await), unknown);
    assert_eq!(refused(clerk.try_report(&opened.of(second), false).await), unknown);
    let unit = first.to_string();
    let own = clerk.lines(&opened.opening_id, &unit, &[]).await;
    assert_eq!(own.iter().map(|line| &line.report_id).collect::<Vec<_>>(), [&report]);
    assert_eq!(clerk.complete(&opened.opening_id, &unit).await.in_time, 1);
    let all = pb::GetPeriodicReportOpeningRequest {
        opening_id: opened.opening_id.clone(),
        ..Default::default()
    };
    let answer = clerk.periodic_reports.get_periodic_report_opening(all).await;
    assert_eq!(refused(answer), because("PERIODIC_REPORT_OPENING_UNKNOWN", "opening_id"));

    let (mut badinh, mut caugiay) = (world.actor("badinh"), world.actor("caugiay"));
    assert_eq!(refused(caugiay.approves(&report).await), unknown, "another district's");
    assert_eq!(refused(caugiay.waives(&report, "Thôi").await), unknown);
    assert_eq!(refused(caugiay.reopens(&report, "WORKERS").await), unknown);
    let below = badinh.lines(&opened.opening_id, &world.badinh.to_string(), &[]).await;
    assert_eq!(below.len(), 3);
    let submitted = [State::Submitted];
    let below = badinh.lines(&opened.opening_id, &world.badinh.to_string(), &submitted).await;
    assert_eq!(below.len(), 1);
    badinh.approves(&report).await.expect("those below");
    let mut reader = world.actor("reader");
    assert_eq!(state(&reader.report(&opened.of(third)).await), State::Due);
    let denied = refused(reader.drafts(&opened.of(third)).await);
    assert_eq!(denied.0, "PERMISSION_DENIED");
    world.stop().await;
}

#[tokio::test]
async fn an_opening_tells_who_was_punctual_and_whom_to_remind() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, third] = three_unions(&world);
    let grassroots = |due_on| pb::OpenPeriodicReportsRequest {
        forms: vec![of_program("MAU_1_HDCD")],
        ..opening(world.hanoi, due_on)
    };
    let late = officer.opens(grassroots(LONG_AGO)).await;
    assert_eq!(late.reports.len(), 3);
    officer.reports(&late.of(first), 10).await;
    officer.waives(&late.of(second), "Đơn vị đang giải thể").await.expect("waived");
    let told = officer.complete(&late.opening_id, "").await;
    assert_eq!((told.in_time, told.late, told.awaited, told.missing, told.waived), (0, 1, 0, 1, 1));
    assert_eq!(told.approved, 1);
    let told = officer.complete(&late.opening_id, &world.badinh.to_string()).await;
    assert_eq!((told.late, told.missing, told.waived), (1, 0, 1));

    let half = (date!(2021 - 12 - 01), date!(2022 - 05 - 31));
    let next = pb::OpenPeriodicReportsRequest {
        period: Some(crate::world::period(half)),
        ..grassroots(SOME_DAY)
    };
    let next = officer.opens(next).await;
    officer.reports(&next.of(first), 10).await;
    let told = officer.complete(&next.opening_id, "").await;
    assert_eq!((told.in_time, told.late, told.awaited, told.missing), (1, 0, 2, 0));

    let reminders = |due_by, page_token: &str| pb::ListPeriodicReportRemindersRequest {
        organisation_id: world.hanoi.to_string(),
        due_by,
        page_size: 1,
        page_token: page_token.to_string(),
    };
    let page = officer.periodic_reports.list_periodic_report_reminders(reminders(None, "")).await;
    let page = page.expect("listed").into_inner();
    let [only] = &page.reports[..] else { panic!("one is due: {page:?}") };
    assert_eq!(only.organisation_id, third.to_string());
    assert_eq!(only.punctuality(), pb::Punctuality::Missing);
    assert!(page.next_page_token.is_empty());
    let mut due = Vec::new();
    let mut token = String::new();
    loop {
        let asked = reminders(Some(civil(SOME_DAY)), &token);
        let page = officer.periodic_reports.list_periodic_report_reminders(asked).await;
        let page = page.expect("listed").into_inner();
        due.extend(page.reports.into_iter().map(|line| line.organisation_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let mut expected = vec![second.to_string(), third.to_string()];
    due[1..].sort();
    expected.sort();
    assert_eq!((&due[0], &due[1..]), (&third.to_string(), &expected[..]));
    // Whoever was waived may report nevertheless.
    officer.reports(&late.of(second), 8).await;
    assert_eq!(officer.complete(&late.opening_id, "").await.waived, 0);
    world.stop().await;
}

#[tokio::test]
async fn forms_are_opened_once_for_a_period_and_taken_back_only_unused() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, ..] = three_unions(&world);
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    let again = officer.periodic_reports.open_periodic_reports(opening(world.hanoi, LONG_AGO));
    assert_eq!(refused(again.await), because("PERIODIC_REPORT_OPENED", "forms"));
    let withdrawing = |opening_id: &str| pb::WithdrawPeriodicReportOpeningRequest {
        request_id: id(),
        opening_id: opening_id.to_string(),
        reason: "Mở nhầm kỳ".to_string(),
        ..Default::default()
    };
    let withdraw = withdrawing(&opened.opening_id);
    officer.periodic_reports.withdraw_periodic_report_opening(withdraw).await.expect("withdrawn");
    let twice = withdrawing(&opened.opening_id);
    let answer = officer.periodic_reports.withdraw_periodic_report_opening(twice).await;
    assert_eq!(refused(answer), because("PERIODIC_REPORT_OPENING_WITHDRAWN", "opening_id"));
    let gone = because("PERIODIC_REPORT_OPENING_WITHDRAWN", "opening_id");
    assert_eq!(refused(officer.drafts(&opened.of(first)).await), gone);
    let second = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    officer.reports(&second.of(first), 10).await;
    let used = withdrawing(&second.opening_id);
    let answer = officer.periodic_reports.withdraw_periodic_report_opening(used).await;
    assert_eq!(refused(answer), because("PERIODIC_REPORT_OPENING_USED", "opening_id"));

    for unit in [world.hanoi, first] {
        let asked = pb::ListPeriodicReportOpeningsRequest {
            organisation_id: unit.to_string(),
            ..Default::default()
        };
        let listed = officer.periodic_reports.list_periodic_report_openings(asked).await;
        let listed = listed.expect("listed").into_inner().openings;
        let ids: Vec<&String> = listed.iter().map(|one| &one.opening_id).collect();
        assert_eq!(ids, [&opened.opening_id, &second.opening_id]);
        assert_eq!(listed[0].withdrawal_reason, "Mở nhầm kỳ");
        assert!(listed[1].withdrawn_at.is_none());
    }
    let wrong = |change: &dyn Fn(&mut pb::OpenPeriodicReportsRequest)| {
        let mut asked = opening(world.education, SOME_DAY);
        change(&mut asked);
        asked
    };
    let cases: [(pb::OpenPeriodicReportsRequest, &str, &str); 6] = [
        (wrong(&|asked| asked.forms.clear()), "LIST_EMPTY", "forms"),
        (
            wrong(&|asked| asked.forms[0].code = "MAU_3_HDCD".to_string()),
            "PERIODIC_REPORT_FORM_UNKNOWN",
            "forms[0].code",
        ),
        (
            wrong(&|asked| asked.forms[1] = asked.forms[0].clone()),
            "PERIODIC_REPORT_FORMS_UNFIT",
            "forms[1]",
        ),
        (
            wrong(&|asked| asked.due_on = Some(civil(YEAR.0))),
            "PERIODIC_REPORT_DATES_UNFIT",
            "due_on",
        ),
        (
            wrong(&|asked| {
                asked.cutoff_on = Some(civil(SOME_DAY));
                asked.due_on = asked.cutoff_on;
            }),
            "PERIODIC_REPORT_DATES_UNFIT",
            "cutoff_on",
        ),
        // The sector union has no unions.
        (wrong(&|asked| asked.forms.truncate(1)), "PERIODIC_REPORTERS_NONE", "organisation_id"),
    ];
    for (asked, reason, field) in cases {
        let answer = officer.periodic_reports.open_periodic_reports(asked).await;
        assert_eq!(refused(answer), because(reason, field));
    }
    world.stop().await;
}

#[tokio::test]
async fn a_federation_defines_a_form_and_what_was_opened_keeps_the_version_it_had() {
    let world = World::start().await;
    let (mut officer, mut national) = (world.officer(), world.national());
    let [first, ..] = three_unions(&world);
    let decision_id = Uuid::now_v7();
    let decided = DecisionRecorded {
        decision_id: decision_id.to_string(),
        issuer_id: world.hanoi.to_string(),
        number: "34/KH".to_string(),
        kind: "KE_HOACH".to_string(),
        ..Default::default()
    };
    world.says(date!(2021 - 01 - 05), RegistryWhat::DecisionRecorded(decided));
    let form = tet(world.hanoi, Some(decision_id));
    let defined =
        officer.periodic_reports.define_periodic_report_form(defining(form.clone())).await;
    assert_eq!(defined.expect("defined").into_inner().version, 1);
    let mine = pb::PeriodicReportFormRef {
        issuer_id: world.hanoi.to_string(),
        code: "CHAM_LO_TET".to_string(),
        version: 0,
    };
    let asked = pb::OpenPeriodicReportsRequest {
        forms: vec![mine.clone()],
        ..opening(world.badinh, SOME_DAY)
    };
    let opened = officer.opens(asked).await;
    let mut wider = form.clone();
    wider.rows[0].required = true;
    wider.rows.truncate(1);
    wider.checks.clear();
    let defined = officer.periodic_reports.define_periodic_report_form(defining(wider)).await;
    assert_eq!(defined.expect("defined").into_inner().version, 2);
    let report = opened.of(first);
    officer.drafts(&report).await.expect("drafted");
    let told = officer.report(&report).await;
    assert_eq!((told.form.expect("a form").version, told.cells.len()), (1, 2));
    officer.submits(&report).await.expect("version 1 requires nothing");
    // Each level fills the same form, and adds up.
    officer.approves(&report).await.expect("approved");
    let added = officer.consolidates(&opened.of(world.badinh)).await.expect("consolidated");
    assert_eq!((added.consolidated, added.missing), (1, 1));

    // Unions below are told of it; another federation's branch knows no such form.
    let asked = |unit: Uuid| pb::ListPeriodicReportFormsRequest {
        organisation_id: unit.to_string(),
        page_size: 3,
        ..Default::default()
    };
    let forms = officer.periodic_reports.list_periodic_report_forms(asked(first)).await;
    let forms = forms.expect("listed").into_inner();
    let codes: Vec<(&str, i32)> =
        forms.forms.iter().map(|form| (&*form.code, form.version)).collect();
    assert_eq!(codes, [("MAU_1_HDCD", 1), ("MAU_2_HDCD", 1), ("CHAM_LO_TET", 1)]);
    let rest =
        pb::ListPeriodicReportFormsRequest { page_token: forms.next_page_token, ..asked(first) };
    let rest = officer.periodic_reports.list_periodic_report_forms(rest).await;
    let rest = rest.expect("listed").into_inner().forms;
    assert_eq!(rest.iter().map(|form| form.version).collect::<Vec<_>>(), [2]);
    assert_eq!(rest[0].decision_id, decision_id.to_string());
    let listed = national.periodic_reports.list_periodic_report_forms(asked(world.hue)).await;
    assert_eq!(listed.expect("listed").into_inner().forms.len(), 2);
    let theirs =
        pb::OpenPeriodicReportsRequest { forms: vec![mine], ..opening(world.hue, SOME_DAY) };
    let answer = national.periodic_reports.open_periodic_reports(theirs).await;
    assert_eq!(refused(answer), because("PERIODIC_REPORT_FORM_UNKNOWN", "forms[0].code"));

    let wrong = |change: &dyn Fn(&mut pb::PeriodicReportForm)| {
        let mut form = form.clone();
        change(&mut form);
        defining(form)
    };
    let malformed = "PERIODIC_REPORT_FORM_MALFORMED";
    let cases = [
        (wrong(&|form| form.rows.clear()), "LIST_EMPTY", "form.rows"),
        (wrong(&|form| form.rows[1].code = "PEOPLE".into()), malformed, "form.rows[1].code"),
        (wrong(&|form| form.checks[0].right = "MEN".into()), malformed, "form.checks[0].right"),
        (
            wrong(&|form| form.checks[0].comparator = "<".into()),
            malformed,
            "form.checks[0].comparator",
        ),
        (
            wrong(&|form| form.rows[1].indicator = "MBR_HAPPY".into()),
            "INDICATOR_UNKNOWN",
            "form.rows[1].indicator",
        ),
        (
            wrong(&|form| form.rows[1].indicator = "DISS_ORG".into()),
            malformed,
            "form.rows[1].indicator",
        ),
        (
            wrong(&|form| form.decision_id = Uuid::now_v7().to_string()),
            "DECISION_UNKNOWN",
            "decision_id",
        ),
        (
            wrong(&|form| form.issuer_id = Uuid::now_v7().to_string()),
            "ORGANISATION_UNKNOWN",
            "form.issuer_id",
        ),
    ];
    for (asked, reason, field) in cases {
        let answer = officer.periodic_reports.define_periodic_report_form(asked).await;
        assert_eq!(refused(answer), because(reason, field));
    }
    world.stop().await;
}
