//! Who reports on what, as tests of periodic reports say it.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use proto::reporting::v1::declare_periodic_report_request::Cell;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, period};

/// The union year that ends with a cut-off of 30 November.
pub const YEAR: (Date, Date) = (date!(2020 - 12 - 01), date!(2021 - 11 - 30));
/// A day that has not come, and one that has passed.
pub const SOME_DAY: Date = date!(2099 - 12 - 10);
pub const LONG_AGO: Date = date!(2021 - 12 - 10);

pub fn id() -> String {
    Uuid::new_v4().to_string()
}

pub fn of_program(code: &str) -> pb::PeriodicReportFormRef {
    pb::PeriodicReportFormRef { code: code.to_string(), ..Default::default() }
}

/// Both forms of the program, of a union year.
pub fn opening(organisation: Uuid, due_on: Date) -> pb::OpenPeriodicReportsRequest {
    pb::OpenPeriodicReportsRequest {
        request_id: id(),
        organisation_id: organisation.to_string(),
        forms: vec![of_program("MAU_1_HDCD"), of_program("MAU_2_HDCD")],
        period: Some(period(YEAR)),
        due_on: Some(civil(due_on)),
        ..Default::default()
    }
}

/// What was opened, and the reports of its reporters.
pub struct Opened {
    pub opening_id: String,
    pub reports: BTreeMap<String, String>,
}

impl Opened {
    pub fn of(&self, unit: Uuid) -> String {
        self.reports[&unit.to_string()].clone()
    }
}

pub fn cell(row: &str, value: i64) -> Cell {
    Cell { row: row.to_string(), value: Some(value), reason: String::new() }
}

pub fn otherwise(row: &str, value: i64, reason: &str) -> Cell {
    Cell { reason: reason.to_string(), ..cell(row, value) }
}

impl Actor {
    pub async fn opens(&mut self, asked: pb::OpenPeriodicReportsRequest) -> Opened {
        let opened = self.periodic_reports.open_periodic_reports(asked).await.expect("opened");
        let opened = opened.into_inner();
        let lines = self.lines(&opened.opening_id, "", &[]).await;
        assert_eq!(usize::try_from(opened.reporters).ok(), Some(lines.len()));
        let reports = lines.into_iter().map(|line| (line.organisation_id, line.report_id));
        Opened { opening_id: opened.opening_id, reports: reports.collect() }
    }

    /// Of all who lie below an organisation, page by page.
    pub async fn lines(
        &mut self,
        opening_id: &str,
        below: &str,
        states: &[pb::PeriodicReportState],
    ) -> Vec<pb::PeriodicReportLine> {
        let mut request = pb::ListPeriodicReportsRequest {
            opening_id: opening_id.to_string(),
            organisation_id: below.to_string(),
            states: states.iter().map(|state| (*state).into()).collect(),
            page_size: 2,
            ..Default::default()
        };
        let mut lines = Vec::new();
        loop {
            let page = self.periodic_reports.list_periodic_reports(request.clone()).await;
            let page = page.expect("listed").into_inner();
            lines.extend(page.reports);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                return lines;
            }
        }
    }

    pub async fn report(&mut self, report_id: &str) -> pb::GetPeriodicReportResponse {
        self.try_report(report_id, false).await.expect("read")
    }

    pub async fn try_report(
        &mut self,
        report_id: &str,
        approved: bool,
    ) -> Result<pb::GetPeriodicReportResponse, Status> {
        let asked = pb::GetPeriodicReportRequest { report_id: report_id.to_string(), approved };
        Ok(self.periodic_reports.get_periodic_report(asked).await?.into_inner())
    }

    pub async fn drafts(&mut self, report_id: &str) -> Result<i32, Status> {
        let asked = pb::DraftPeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            ..Default::default()
        };
        Ok(self.periodic_reports.draft_periodic_report(asked).await?.into_inner().revision)
    }

    pub async fn declares(&mut self, report_id: &str, cells: Vec<Cell>) -> Result<i32, Status> {
        let asked = pb::DeclarePeriodicReportRequest { cells, ..declaring(report_id) };
        Ok(self.periodic_reports.declare_periodic_report(asked).await?.into_inner().revision)
    }

    pub async fn consolidates(
        &mut self,
        report_id: &str,
    ) -> Result<pb::ConsolidatePeriodicReportResponse, Status> {
        let asked = pb::ConsolidatePeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            ..Default::default()
        };
        Ok(self.periodic_reports.consolidate_periodic_report(asked).await?.into_inner())
    }

    pub async fn submits(
        &mut self,
        report_id: &str,
    ) -> Result<pb::SubmitPeriodicReportResponse, Status> {
        self.submits_on(report_id, 0).await
    }

    /// On a revision.
    pub async fn submits_on(
        &mut self,
        report_id: &str,
        revision: i32,
    ) -> Result<pb::SubmitPeriodicReportResponse, Status> {
        let asked = pb::SubmitPeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            revision,
            ..Default::default()
        };
        Ok(self.periodic_reports.submit_periodic_report(asked).await?.into_inner())
    }

    pub async fn returns(&mut self, report_id: &str, message: &str) -> Result<i32, Status> {
        let asked = pb::ReturnPeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            message: message.to_string(),
            ..Default::default()
        };
        Ok(self.periodic_reports.return_periodic_report(asked).await?.into_inner().revision)
    }

    pub async fn approves(&mut self, report_id: &str) -> Result<i32, Status> {
        let asked = pb::ApprovePeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            ..Default::default()
        };
        Ok(self.periodic_reports.approve_periodic_report(asked).await?.into_inner().revision)
    }

    pub async fn reopens(&mut self, report_id: &str, row: &str) -> Result<i32, Status> {
        let asked = pb::ReopenPeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            row: row.to_string(),
            message: "Xem lại số này".to_string(),
            ..Default::default()
        };
        Ok(self.periodic_reports.reopen_periodic_report(asked).await?.into_inner().revision)
    }

    pub async fn revises(&mut self, report_id: &str) -> Result<i32, Status> {
        let asked = pb::RevisePeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            message: "Đính chính".to_string(),
            ..Default::default()
        };
        Ok(self.periodic_reports.revise_periodic_report(asked).await?.into_inner().edition)
    }

    pub async fn waives(&mut self, report_id: &str, message: &str) -> Result<i32, Status> {
        let asked = pb::WaivePeriodicReportRequest {
            request_id: id(),
            report_id: report_id.to_string(),
            message: message.to_string(),
            ..Default::default()
        };
        Ok(self.periodic_reports.waive_periodic_report(asked).await?.into_inner().revision)
    }

    /// Fills a report with what its form requires, hands it in, and has it approved.
    pub async fn reports(&mut self, report_id: &str, workers: i64) {
        self.drafts(report_id).await.expect("drafted");
        let cells = vec![cell("WORKERS", workers), cell("WORKERS_FEMALE", 0)];
        self.declares(report_id, cells).await.expect("declared");
        self.submits(report_id).await.expect("submitted");
        self.approves(report_id).await.expect("approved");
    }

    pub async fn complete(
        &mut self,
        opening_id: &str,
        below: &str,
    ) -> pb::GetPeriodicReportOpeningResponse {
        let asked = pb::GetPeriodicReportOpeningRequest {
            opening_id: opening_id.to_string(),
            organisation_id: below.to_string(),
            as_of: None,
        };
        let told = self.periodic_reports.get_periodic_report_opening(asked).await;
        told.expect("told").into_inner()
    }
}

pub fn declaring(report_id: &str) -> pb::DeclarePeriodicReportRequest {
    pb::DeclarePeriodicReportRequest {
        request_id: id(),
        report_id: report_id.to_string(),
        ..Default::default()
    }
}

/// A cell of a report.
pub fn at<'a>(report: &'a pb::GetPeriodicReportResponse, row: &str) -> &'a pb::PeriodicReportCell {
    report.cells.iter().find(|cell| cell.row == row).expect("a row of the form")
}

/// How a report stands.
pub fn state(report: &pb::GetPeriodicReportResponse) -> pb::PeriodicReportState {
    report.report.as_ref().expect("a line").state()
}

/// Two unions of Ba Đình with 4 and 7 members, and one of Cầu Giấy with 5.
pub fn three_unions(world: &World) -> [Uuid; 3] {
    let [first, second] = world.loads_unions(world.badinh, "HC", 2)[..] else { panic!("two") };
    let third = world.loads_unions(world.caugiay, "NNN_CP", 1)[0];
    world.admits(first, date!(2021 - 02 - 03), 4);
    world.admits(second, date!(2021 - 03 - 04), 7);
    world.admits(third, date!(2019 - 05 - 06), 5);
    [first, second, third]
}

/// A form of a federation's own: how Tết was cared for.
pub fn tet(issuer: Uuid, decision_id: Option<Uuid>) -> pb::PeriodicReportForm {
    let row = |code: &str, indicator: &str| pb::periodic_report_form::Row {
        code: code.to_string(),
        name_vi: code.to_string(),
        name_en: code.to_string(),
        unit_vi: "người".to_string(),
        indicator: indicator.to_string(),
        ..Default::default()
    };
    pb::PeriodicReportForm {
        issuer_id: issuer.to_string(),
        code: "CHAM_LO_TET".to_string(),
        name_vi: "Chăm lo Tết".to_string(),
        name_en: "Care at Tết".to_string(),
        reporters: pb::PeriodicReporters::All.into(),
        rows: vec![row("PEOPLE", ""), row("MEMBERS", "MBR_STOCK")],
        checks: vec![pb::periodic_report_form::Check {
            code: "PEOPLE".to_string(),
            left: "PEOPLE".to_string(),
            comparator: ">=".to_string(),
            right: "MEMBERS".to_string(),
            blocking: true,
            message_vi: "Mọi đoàn viên đều được chăm lo".to_string(),
            message_en: "every member is cared for".to_string(),
        }],
        decision_id: decision_id.map(|id| id.to_string()).unwrap_or_default(),
        ..Default::default()
    }
}

pub fn defining(form: pb::PeriodicReportForm) -> pb::DefinePeriodicReportFormRequest {
    pb::DefinePeriodicReportFormRequest { request_id: id(), validate_only: false, form: Some(form) }
}
