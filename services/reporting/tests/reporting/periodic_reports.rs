//! Periodic reports: what is reported, checked, revised, and added up.

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{TrainingCourseHeld, training_course_held};
use proto::reporting::v1 as pb;
use proto::reporting::v1::PeriodicReportState as State;
use time::macros::date;
use uuid::Uuid;

use crate::returns::{
    SOME_DAY, YEAR, at, cell, declaring, id, opening, otherwise, state, three_unions,
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

/// Whoever was trained as one union's member and as another's is one of the district's.
#[tokio::test]
async fn who_stands_in_the_reports_of_two_unions_counts_once_in_that_of_their_superior() {
    let world = World::start().await;
    let mut officer = world.officer();
    let [first, second, _] = three_unions(&world);
    let (both, only) = (Uuid::now_v7(), Uuid::now_v7());
    let attended = |person: Uuid, union: Uuid| training_course_held::Attendance {
        person_id: person.to_string(),
        organisation_id: union.to_string(),
        attended_on: Some(civil(date!(2021 - 08 - 08))),
    };
    world.tells(
        date!(2021 - 08 - 08),
        MembershipWhat::TrainingCourseHeld(TrainingCourseHeld {
            course_id: Uuid::now_v7().to_string(),
            organisation_id: world.badinh.to_string(),
            topics: vec!["UNION_WORK".into()],
            attendances: vec![attended(both, first), attended(only, first), attended(both, second)],
        }),
    );
    let opened = officer.opens(opening(world.hanoi, SOME_DAY)).await;
    for (union, trained) in [(first, 2), (second, 1)] {
        let report = opened.of(union);
        officer.drafts(&report).await.expect("drafted");
        assert_eq!(at(&officer.report(&report).await, "TRAINED").value, Some(trained));
        let cells =
            [("WORKERS", 9), ("WORKERS_FEMALE", 4), ("WAGE_VND", 8_000_000), ("WAGE_COUNTED", 9)];
        let cells = cells.map(|(row, value)| cell(row, value)).to_vec();
        officer.declares(&report, cells).await.expect("declared");
        if union == second {
            let cells = vec![otherwise("TRAINED", 4, "Ba người học ở nơi khác")];
            officer.declares(&report, cells).await.expect("declared");
        }
        officer.submits(&report).await.expect("submitted");
        officer.approves(&report).await.expect("approved");
    }
    let district = opened.of(world.badinh);
    officer.consolidates(&district).await.expect("consolidated");
    let told = officer.report(&district).await;
    let trained = at(&told, "TRAINED");
    assert_eq!((trained.computed, trained.computed_below), (Some(2), Some(3)));
    assert_eq!((trained.consolidated, trained.overridden_below), (Some(2 + 3), 1));
    world.stop().await;
}
