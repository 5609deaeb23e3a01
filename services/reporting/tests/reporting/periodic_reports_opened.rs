//! Periodic reports: who is asked, on which forms, who is punctual, and who may do what.

use chassis::parse::civil;
use proto::registry::v1::DecisionRecorded;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
use proto::reporting::v1::PeriodicReportState as State;
use time::macros::date;
use uuid::Uuid;

use crate::returns::{
    LONG_AGO, SOME_DAY, YEAR, cell, defining, id, of_program, opening, state, tet, three_unions,
};
use crate::world::{World, because, refused};

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
    let mut expected = [second.to_string(), third.to_string()];
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
