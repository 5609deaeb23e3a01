//! `congdoan periodic-reports`: forms that are opened for a period, and what is reported on them.

use chassis::parse::civil;
use proto::reporting::v1::declare_periodic_report_request::Cell;
use proto::reporting::v1::*;
use system::Client;
use uuid::Uuid;

use crate::cli::periodic_reports::{
    OfReport, OpenForms, PeriodicReports, PeriodicReportsCommand as Command, Said,
};
use crate::language::{Language, current, tell};
use crate::organisation::{day, today};
use crate::output::{answer, is_json, json, line, print_json, table};
use crate::told::told;

/// Reports that are asked for at a time.
const PAGE: i32 = 500;

/// Does what the command says.
pub async fn run(reports: PeriodicReports) -> anyhow::Result<()> {
    match reports.command {
        Command::Forms { organisation, to } => forms(&to.connect().await?, &organisation).await,
        Command::Open(open) => opens(open).await,
        Command::Openings { organisation, to } => {
            openings(&to.connect().await?, &organisation).await
        }
        Command::List { opening_id, below, limit, to } => {
            list(&to.connect().await?, opening_id, below.as_deref(), limit).await
        }
        Command::Show { of, approved } => show(of, approved).await,
        Command::Reminders { organisation, due_by, limit, to } => {
            let client = to.connect().await?;
            let request = ListPeriodicReportRemindersRequest {
                organisation_id: today(&client, &organisation).await?.organisation_id,
                due_by: due_by.map(civil),
                page_size: PAGE,
                ..ListPeriodicReportRemindersRequest::default()
            };
            reminders(&client, request, limit).await
        }
        step => stepped(step).await,
    }
}

/// What is done to one report.
async fn stepped(step: Command) -> anyhow::Result<()> {
    let request_id = Uuid::new_v4().to_string();
    let of = |of: OfReport| (of.report_id.to_string(), of.to);
    let said = |said: Said| (said.of.report_id.to_string(), said.message, said.of.to);
    match step {
        Command::Draft(report) => {
            let (report_id, to) = of(report);
            let request =
                DraftPeriodicReportRequest { request_id, report_id, ..Default::default() };
            let client = to.connect().await?;
            let done = client.periodic_reports().draft_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| revision(done.revision))
        }
        Command::Declare { of: report, cells, reason } => {
            let (report_id, to) = of(report);
            let cell = |(row, value)| Cell { row, value: Some(value), reason: reason.clone() };
            let request = DeclarePeriodicReportRequest {
                request_id,
                report_id,
                cells: cells.into_iter().map(cell).collect(),
                ..Default::default()
            };
            let client = to.connect().await?;
            let done = client.periodic_reports().declare_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| revision(done.revision))
        }
        Command::Consolidate(report) => {
            let (report_id, to) = of(report);
            let request =
                ConsolidatePeriodicReportRequest { request_id, report_id, ..Default::default() };
            let client = to.connect().await?;
            let done = client.periodic_reports().consolidate_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            let (added, missing) = (done.consolidated, done.missing);
            answer(&done, |_| {
                tell!(
                    "Đã tổng hợp {added} báo cáo, còn thiếu {missing}.",
                    "{added} reports are added up, {missing} are missing."
                )
            })
        }
        Command::Submit(report) => {
            let (report_id, to) = of(report);
            let request =
                SubmitPeriodicReportRequest { request_id, report_id, ..Default::default() };
            let client = to.connect().await?;
            let done = client.periodic_reports().submit_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| {
                let findings = done.findings.iter().map(finding);
                let said: Vec<String> =
                    std::iter::once(revision(done.revision)).chain(findings).collect();
                said.join("\n")
            })
        }
        Command::Return(report) => {
            let (report_id, message, to) = said(report);
            let request = ReturnPeriodicReportRequest {
                request_id,
                report_id,
                message,
                ..Default::default()
            };
            let client = to.connect().await?;
            let done = client.periodic_reports().return_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| revision(done.revision))
        }
        Command::Reopen { said: report, row } => {
            let (report_id, message, to) = said(report);
            let request = ReopenPeriodicReportRequest {
                request_id,
                report_id,
                row,
                message,
                ..Default::default()
            };
            let client = to.connect().await?;
            let done = client.periodic_reports().reopen_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| revision(done.revision))
        }
        Command::Approve(report) => {
            let (report_id, to) = of(report);
            let request =
                ApprovePeriodicReportRequest { request_id, report_id, ..Default::default() };
            let client = to.connect().await?;
            let done = client.periodic_reports().approve_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| revision(done.revision))
        }
        Command::Revise(report) => {
            let (report_id, message, to) = said(report);
            let request = RevisePeriodicReportRequest {
                request_id,
                report_id,
                message,
                ..Default::default()
            };
            let client = to.connect().await?;
            let done = client.periodic_reports().revise_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| revision(done.revision))
        }
        Command::Waive(report) => {
            let (report_id, message, to) = said(report);
            let request =
                WaivePeriodicReportRequest { request_id, report_id, message, ..Default::default() };
            let client = to.connect().await?;
            let done = client.periodic_reports().waive_periodic_report(request).await;
            let done = done.map_err(told)?.into_inner();
            answer(&done, |done| revision(done.revision))
        }
        Command::Forms { .. }
        | Command::Open(_)
        | Command::Openings { .. }
        | Command::List { .. }
        | Command::Show { .. }
        | Command::Reminders { .. } => Ok(()),
    }
}

fn revision(revision: i32) -> String {
    tell!("Báo cáo ở bản {revision}.", "The report is at revision {revision}.")
}

async fn forms(client: &Client, organisation: &str) -> anyhow::Result<()> {
    let request = ListPeriodicReportFormsRequest {
        organisation_id: today(client, organisation).await?.organisation_id,
        page_size: PAGE,
        ..Default::default()
    };
    let listed = client.periodic_reports().list_periodic_report_forms(request).await;
    let listed = listed.map_err(told)?.into_inner();
    answer(&listed, |listed| {
        let form = |form: &PeriodicReportForm| {
            let name = named(&form.name_vi, &form.name_en);
            format!("{}  {}  {name}", form.code, form.version)
        };
        listed.forms.iter().map(form).collect::<Vec<_>>().join("\n")
    })
}

async fn opens(open: OpenForms) -> anyhow::Result<()> {
    let client = open.to.connect().await?;
    let issuer_id = match &open.issuer {
        Some(issuer) => today(&client, issuer).await?.organisation_id,
        None => String::new(),
    };
    let form = |code| PeriodicReportFormRef { issuer_id: issuer_id.clone(), code, version: 0 };
    let request = OpenPeriodicReportsRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: today(&client, &open.organisation).await?.organisation_id,
        forms: open.forms.into_iter().map(form).collect(),
        period: Some(Period {
            from_on: Some(civil(open.from)),
            through_on: Some(civil(open.through)),
        }),
        cutoff_on: open.cutoff_on.map(civil),
        due_on: Some(civil(open.due_on)),
        ..Default::default()
    };
    let opened = client.periodic_reports().open_periodic_reports(request).await;
    let opened = opened.map_err(told)?.into_inner();
    answer(&opened, |opened| opened.opening_id.clone())
}

async fn openings(client: &Client, organisation: &str) -> anyhow::Result<()> {
    let organisation_id = today(client, organisation).await?.organisation_id;
    let request = ListPeriodicReportOpeningsRequest {
        organisation_id: organisation_id.clone(),
        page_size: PAGE,
        ..Default::default()
    };
    let listed = client.periodic_reports().list_periodic_report_openings(request).await;
    let listed = listed.map_err(told)?.into_inner();
    let mut openings = Vec::new();
    for opening in listed.openings {
        let below = match opening.organisation_id == organisation_id {
            true => String::new(),
            false => organisation_id.clone(),
        };
        let request = GetPeriodicReportOpeningRequest {
            opening_id: opening.opening_id,
            organisation_id: below,
            as_of: None,
        };
        let told_of = client.periodic_reports().get_periodic_report_opening(request).await;
        openings.push(told_of.map_err(told)?.into_inner());
    }
    if is_json() {
        let openings: Vec<_> = openings.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({ "openings": openings }));
        return Ok(());
    }
    let heading = [
        tell!("đợt", "opening"),
        tell!("đơn vị mở", "opened by"),
        tell!("kỳ", "period"),
        tell!("hạn", "due"),
        tell!("đúng hạn", "in time"),
        tell!("muộn", "late"),
        tell!("đang chờ", "awaited"),
        tell!("quá hạn", "missing"),
        tell!("miễn", "waived"),
    ];
    let rows: Vec<Vec<String>> = openings.iter().map(opened).collect();
    line(&table(&heading, &rows));
    Ok(())
}

fn opened(told: &GetPeriodicReportOpeningResponse) -> Vec<String> {
    let opening = told.opening.clone().unwrap_or_default();
    let on = |date: Option<_>| date.and_then(day).map(|on| on.to_string()).unwrap_or_default();
    let period = opening.period.unwrap_or_default();
    let due = match opening.withdrawn_at {
        Some(_) => tell!("đã rút", "withdrawn"),
        None => on(opening.due_on),
    };
    let counts = [told.in_time, told.late, told.awaited, told.missing, told.waived];
    let mut row = vec![
        opening.opening_id,
        opening.organisation_name,
        format!("{} – {}", on(period.from_on), on(period.through_on)),
        due,
    ];
    row.extend(counts.iter().map(ToString::to_string));
    row
}

async fn list(
    client: &Client,
    opening_id: Uuid,
    below: Option<&str>,
    limit: usize,
) -> anyhow::Result<()> {
    let organisation_id = match below {
        Some(below) => today(client, below).await?.organisation_id,
        None => String::new(),
    };
    let mut request = ListPeriodicReportsRequest {
        opening_id: opening_id.to_string(),
        organisation_id,
        page_size: PAGE,
        ..Default::default()
    };
    let mut found = Vec::new();
    while found.len() <= limit {
        let page = client.periodic_reports().list_periodic_reports(request.clone()).await;
        let page = page.map_err(told)?.into_inner();
        found.extend(page.reports);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    lines(found, limit)
}

async fn reminders(
    client: &Client,
    mut request: ListPeriodicReportRemindersRequest,
    limit: usize,
) -> anyhow::Result<()> {
    let mut found = Vec::new();
    while found.len() <= limit {
        let page = client.periodic_reports().list_periodic_report_reminders(request.clone()).await;
        let page = page.map_err(told)?.into_inner();
        found.extend(page.reports);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    lines(found, limit)
}

/// At most so many, and whether there are more.
fn lines(mut found: Vec<PeriodicReportLine>, limit: usize) -> anyhow::Result<()> {
    let more = found.len() > limit;
    found.truncate(limit);
    if is_json() {
        let reports: Vec<_> = found.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({ "reports": reports, "more": more }));
        return Ok(());
    }
    let heading = [
        tell!("báo cáo", "report"),
        tell!("đơn vị", "unit"),
        tell!("trạng thái", "state"),
        tell!("hạn", "due"),
        tell!("nộp ngày", "submitted"),
        tell!("ghi chú", "note"),
    ];
    let rows: Vec<Vec<String>> = found.iter().map(reporter).collect();
    line(&table(&heading, &rows));
    if more {
        line(&tell!("… và còn nữa sau {limit} dòng này", "… and more, after these {limit}"));
    }
    Ok(())
}

fn reporter(one: &PeriodicReportLine) -> Vec<String> {
    let on = |date: Option<_>| date.and_then(day).map(|on| on.to_string()).unwrap_or_default();
    let note = match one.punctuality() {
        Punctuality::Late => tell!("muộn", "late"),
        Punctuality::Missing => tell!("quá hạn", "missing"),
        _ if one.stale => tell!("cấp dưới đã đính chính", "stale"),
        _ => String::new(),
    };
    vec![
        one.report_id.clone(),
        one.organisation_name.clone(),
        state(one.state()),
        on(one.due_on),
        on(one.submitted_on),
        note,
    ]
}

fn state(state: PeriodicReportState) -> String {
    match state {
        PeriodicReportState::Unspecified => String::new(),
        PeriodicReportState::Due => tell!("chưa lập", "due"),
        PeriodicReportState::Draft => tell!("đang lập", "draft"),
        PeriodicReportState::Submitted => tell!("đã nộp", "submitted"),
        PeriodicReportState::Returned => tell!("bị trả lại", "returned"),
        PeriodicReportState::Reopened => tell!("mở lại", "reopened"),
        PeriodicReportState::Approved => tell!("đã duyệt", "approved"),
        PeriodicReportState::Waived => tell!("được miễn", "waived"),
    }
}

async fn show(of: OfReport, approved: bool) -> anyhow::Result<()> {
    let client = of.to.connect().await?;
    let request = GetPeriodicReportRequest { report_id: of.report_id.to_string(), approved };
    let report = client.periodic_reports().get_periodic_report(request).await;
    let report = report.map_err(told)?.into_inner();
    if is_json() {
        print_json(&json(&report)?);
        return Ok(());
    }
    let of = report.report.clone().unwrap_or_default();
    let form = report.form.clone().unwrap_or_default();
    let (name, state) = (named(&form.name_vi, &form.name_en), state(of.state()));
    line(&format!("{}: {name}, {state}", of.organisation_name));
    let heading = [
        tell!("mục", "row"),
        tell!("số liệu", "value"),
        tell!("hệ thống tính", "computed"),
        tell!("tổng hợp", "consolidated"),
        tell!("khai", "declared"),
        tell!("lý do", "reason"),
    ];
    let rows: Vec<Vec<String>> = form
        .rows
        .iter()
        .zip(&report.cells)
        .map(|(row, cell)| {
            let number = |of: Option<i64>| of.map_or_else(String::new, |of| of.to_string());
            let value = match row.numerator.is_empty() {
                true => number(cell.value),
                false => format!("{} / {}", number(cell.numerator), number(cell.denominator)),
            };
            vec![
                named(&row.name_vi, &row.name_en),
                value,
                number(cell.computed),
                number(cell.consolidated),
                number(cell.declared),
                cell.reason.clone(),
            ]
        })
        .collect();
    line(&table(&heading, &rows));
    report.findings.iter().for_each(|one| line(&finding(one)));
    for text in &report.texts {
        let section = form.sections.iter().find(|section| section.code == text.section);
        let name = section.map(|section| named(&section.name_vi, &section.name_en));
        line(&name.unwrap_or_default());
        text.paragraphs.iter().for_each(|paragraph| line(&format!("   {paragraph}")));
    }
    Ok(())
}

fn finding(finding: &PeriodicReportFinding) -> String {
    let weight = match finding.blocking {
        true => tell!("Sai", "Wrong"),
        false => tell!("Lưu ý", "Note"),
    };
    let message = named(&finding.message_vi, &finding.message_en);
    let (left, sign, right) = (finding.left, &finding.comparator, finding.right);
    format!("{weight}: {message} ({left} {sign} {right}; {})", finding.rows.join(", "))
}

fn named(vietnamese: &str, english: &str) -> String {
    match current() {
        Language::Vietnamese => vietnamese.to_owned(),
        Language::English => english.to_owned(),
    }
}
