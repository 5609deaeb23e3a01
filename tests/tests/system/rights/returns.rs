//! What a desk's district has asked its unions to report, and which years it has closed.

use proto::reporting::v1::declare_periodic_report_request::Cell;
use proto::reporting::v1::*;
use stage::made_up::{on, period, request_id};
use system::Client;
use tests::world::Unit;
use time::Date;
use time::macros::date;

use super::happened::inspecting;

/// An opening of its own for each report, which is the union's, and stands as its name says.
pub struct Returns {
    pub opening: String,
    pub opening_to_withdraw: String,
    pub due: String,
    pub to_waive: String,
    pub draft: String,
    pub to_submit: String,
    pub to_return: String,
    pub to_approve: String,
    pub to_reopen: String,
    pub to_revise: String,
    /// The district's own.
    pub to_consolidate: String,
    pub closing: String,
    /// Something has become known of its year since.
    pub closing_to_revise: String,
}

impl Returns {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        let ids = [
            &self.opening,
            &self.opening_to_withdraw,
            &self.due,
            &self.to_waive,
            &self.draft,
            &self.to_submit,
            &self.to_return,
            &self.to_approve,
            &self.to_reopen,
            &self.to_revise,
            &self.to_consolidate,
            &self.closing,
            &self.closing_to_revise,
        ];
        ids.into_iter().map(String::as_str).collect()
    }
}

/// Asks, and has some of it reported, as the administrator.
pub async fn returns(client: &Client, district: &Unit, union: &Unit) -> Returns {
    let month = |last: Date| async move {
        let opening_id = opened(client, district, last).await;
        let report_id = report(client, &opening_id, union).await;
        (opening_id, report_id)
    };
    let drafted = |last: Date| async move {
        let (_, report_id) = month(last).await;
        let request = DraftPeriodicReportRequest {
            request_id: request_id(),
            report_id: report_id.clone(),
            ..DraftPeriodicReportRequest::default()
        };
        client.periodic_reports().draft_periodic_report(request).await.expect("drafted");
        client
            .periodic_reports()
            .declare_periodic_report(declaring(&report_id))
            .await
            .expect("declared");
        report_id
    };
    let submitted = |last: Date| async move {
        let report_id = drafted(last).await;
        let request = SubmitPeriodicReportRequest {
            request_id: request_id(),
            report_id: report_id.clone(),
            ..SubmitPeriodicReportRequest::default()
        };
        client.periodic_reports().submit_periodic_report(request).await.expect("submitted");
        report_id
    };
    let approved = |last: Date| async move {
        let report_id = submitted(last).await;
        let request = ApprovePeriodicReportRequest {
            request_id: request_id(),
            report_id: report_id.clone(),
            ..ApprovePeriodicReportRequest::default()
        };
        client.periodic_reports().approve_periodic_report(request).await.expect("approved");
        report_id
    };
    let (opening, due) = month(date!(2020 - 01 - 31)).await;
    let to_consolidate = report(client, &opening, district).await;
    let closing = closed(client, district, date!(2016 - 12 - 31)).await;
    let closing_to_revise = closed(client, district, date!(2017 - 12 - 31)).await;
    let late = RecordActivitiesRequest {
        request_id: request_id(),
        activities: vec![Activity { held_on: on(date!(2017 - 05 - 01)), ..inspecting(union) }],
        ..RecordActivitiesRequest::default()
    };
    client.activities().record_activities(late).await.expect("recorded");
    Returns {
        opening,
        due,
        to_consolidate,
        closing,
        closing_to_revise,
        opening_to_withdraw: opened(client, district, date!(2020 - 02 - 29)).await,
        to_waive: month(date!(2020 - 03 - 31)).await.1,
        draft: drafted(date!(2020 - 04 - 30)).await,
        to_submit: drafted(date!(2020 - 05 - 31)).await,
        to_return: submitted(date!(2020 - 06 - 30)).await,
        to_approve: submitted(date!(2020 - 07 - 31)).await,
        to_reopen: approved(date!(2020 - 08 - 31)).await,
        to_revise: approved(date!(2020 - 09 - 30)).await,
    }
}

/// A month's opening of both forms.
pub fn opening(district: &Unit, last: Date) -> OpenPeriodicReportsRequest {
    let form = |code: &str| PeriodicReportFormRef { code: code.to_owned(), ..Default::default() };
    OpenPeriodicReportsRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        forms: vec![form("MAU_1_HDCD"), form("MAU_2_HDCD")],
        period: period(last.replace_day(1).expect("a day"), last),
        due_on: on(date!(2021 - 12 - 31)),
        ..OpenPeriodicReportsRequest::default()
    }
}

/// A calendar year that ends on a day.
pub fn closing(district: &Unit, last: Date) -> ClosePeriodRequest {
    let first = last.replace_ordinal(1).expect("a day");
    ClosePeriodRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        period: period(first, last),
        ..ClosePeriodRequest::default()
    }
}

async fn closed(client: &Client, district: &Unit, last: Date) -> String {
    let closed = client.closings().close_period(closing(district, last)).await;
    closed.expect("closed").into_inner().closing_id
}

/// What the form requires.
pub fn declaring(report_id: &str) -> DeclarePeriodicReportRequest {
    let cell =
        |row: &str, value| Cell { row: row.to_owned(), value: Some(value), reason: String::new() };
    DeclarePeriodicReportRequest {
        request_id: request_id(),
        report_id: report_id.to_owned(),
        cells: vec![cell("WORKERS", 40), cell("WORKERS_FEMALE", 20)],
        ..DeclarePeriodicReportRequest::default()
    }
}

async fn opened(client: &Client, district: &Unit, last: Date) -> String {
    let opened = client.periodic_reports().open_periodic_reports(opening(district, last)).await;
    opened.expect("opened").into_inner().opening_id
}

/// The report of a unit in an opening.
async fn report(client: &Client, opening_id: &str, unit: &Unit) -> String {
    let asked = ListPeriodicReportsRequest {
        opening_id: opening_id.to_owned(),
        organisation_id: unit.id.clone(),
        ..ListPeriodicReportsRequest::default()
    };
    let listed = client.periodic_reports().list_periodic_reports(asked).await.expect("listed");
    let mut lines = listed.into_inner().reports.into_iter();
    let own = lines.find(|line| line.organisation_id == unit.id);
    own.expect("a report of its own").report_id
}
