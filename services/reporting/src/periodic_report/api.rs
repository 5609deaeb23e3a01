//! PeriodicReportService.

use chassis::call::Call;
use chassis::database::today;
use chassis::parse;
use proto::reporting::v1::periodic_report_service_server::PeriodicReportService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::refused::Refused;
use crate::ground::reports_due;
use crate::ground::{reading as reads, wire as ground};
use crate::periodic_report::approve_periodic_report::ApprovePeriodicReport;
use crate::periodic_report::computed::{Computed, computed};
use crate::periodic_report::consolidate_periodic_report::ConsolidatePeriodicReport;
use crate::periodic_report::define_periodic_report_form::DefinePeriodicReportForm;
use crate::periodic_report::draft_periodic_report::DraftPeriodicReport;
use crate::periodic_report::forms::{After as AfterForm, forms};
use crate::periodic_report::lines::{After as AfterReminder, Asked, reminders, reports};
use crate::periodic_report::open_periodic_reports::OpenPeriodicReports;
use crate::periodic_report::openings::{completeness, opening, openings};
use crate::periodic_report::reopen_periodic_report::ReopenPeriodicReport;
use crate::periodic_report::reports_due::{Start, page_of};
use crate::periodic_report::return_periodic_report::ReturnPeriodicReport;
use crate::periodic_report::revise_periodic_report::RevisePeriodicReport;
use crate::periodic_report::submit_periodic_report::SubmitPeriodicReport;
use crate::periodic_report::told_report::told_report;
use crate::periodic_report::waive_periodic_report::WaivePeriodicReport;
use crate::periodic_report::wire::cadence;
use crate::periodic_report::withdraw_periodic_report_opening::WithdrawPeriodicReportOpening;
use crate::periodic_report::{asked, wire};

/// Reports of one page, at most.
const PAGE_MAX: i64 = 500;
/// Characters of a reason for which an opening is withdrawn.
const REASON_MAX: usize = 500;
/// Characters of what is said with a step.
const MESSAGE_MAX: usize = 1_000;

#[tonic::async_trait]
impl PeriodicReportService for Api {
    async fn list_reports_due(
        &self,
        request: Request<ListReportsDueRequest>,
    ) -> Result<Response<ListReportsDueResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let page = page.at_most(PAGE_MAX);
        let start: Option<Start> = page.after()?;
        let every = cadence(asked.cadence());
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let period = ground::period(asked.period)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        // An assignment is a report at least: of so many, the last tells where the next page
        // begins.
        let from = start.map(|(from_on, assignment_id, _)| (from_on, assignment_id));
        let limit = page.limit();
        let found =
            reports_due::assignments(&mut reading, organisation_id, period, from, limit).await?;
        let skipped = start.map_or(0, |(_, _, skipped)| skipped);
        let page_size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let (assignments, next) = page_of(found.assignments, (period, every), skipped, page_size);
        let next_page_token = page.token_after(next.as_ref())?;
        Ok(reading.reply(ListReportsDueResponse { assignments, next_page_token }))
    }

    async fn list_periodic_report_forms(
        &self,
        request: Request<ListPeriodicReportFormsRequest>,
    ) -> Result<Response<ListPeriodicReportFormsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<AfterForm> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let limit = page.limit();
        let rows = forms(&mut reading, self.reference, organisation_id, after, limit).await?;
        let page = page.page(rows, |last| {
            let issuer_id = last.defined.as_ref().map(|defined| defined.issuer_id);
            (issuer_id, last.form.code.clone(), last.form.version)
        })?;
        Ok(reading.reply(ListPeriodicReportFormsResponse {
            forms: page.rows.iter().map(wire::listed).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn define_periodic_report_form(
        &self,
        request: Request<DefinePeriodicReportFormRequest>,
    ) -> Result<Response<DefinePeriodicReportFormResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let (issuer_id, form) = asked::form(self.reference, asked.form.as_ref())?;
        let decision_id = asked.form.as_ref().map(|form| form.decision_id.as_str());
        let decision_id = parse::optional_id("form.decision_id", decision_id.unwrap_or_default())?;
        let act = DefinePeriodicReportForm { issuer_id, form, decision_id };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|defined| DefinePeriodicReportFormResponse { version: defined.version }))
    }

    async fn open_periodic_reports(
        &self,
        request: Request<OpenPeriodicReportsRequest>,
    ) -> Result<Response<OpenPeriodicReportsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let period = ground::period(asked.period)?;
        let cutoff_on = parse::optional_date("cutoff_on", asked.cutoff_on)?;
        let act = OpenPeriodicReports {
            reference: self.reference,
            organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
            forms: asked::meant(&asked.forms)?,
            period,
            cutoff_on: cutoff_on.unwrap_or(period.through),
            due_on: parse::date("due_on", asked.due_on)?,
            decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        };
        if act.due_on < act.cutoff_on {
            let (field, on, other) = ("due_on".to_string(), act.due_on, act.cutoff_on);
            return Err(Refused::PeriodicReportDatesUnfit { field, on, other }.into());
        }
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|opened| OpenPeriodicReportsResponse {
            opening_id: opened.opening_id.to_string(),
            reporters: opened.reporters,
        }))
    }

    async fn withdraw_periodic_report_opening(
        &self,
        request: Request<WithdrawPeriodicReportOpeningRequest>,
    ) -> Result<Response<WithdrawPeriodicReportOpeningResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = WithdrawPeriodicReportOpening {
            opening_id: parse::id("opening_id", &asked.opening_id)?,
            reason: parse::text("reason", &asked.reason, REASON_MAX)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|()| WithdrawPeriodicReportOpeningResponse {}))
    }

    async fn list_periodic_report_openings(
        &self,
        request: Request<ListPeriodicReportOpeningsRequest>,
    ) -> Result<Response<ListPeriodicReportOpeningsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<Uuid> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let rows = openings(&mut reading, organisation_id, after, page.limit()).await?;
        let page = page.page(rows, |last| last.opening_id)?;
        Ok(reading.reply(ListPeriodicReportOpeningsResponse {
            openings: page.rows.iter().map(wire::opening).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn get_periodic_report_opening(
        &self,
        request: Request<GetPeriodicReportOpeningRequest>,
    ) -> Result<Response<GetPeriodicReportOpeningResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let opening_id = parse::id("opening_id", &asked.opening_id)?;
        let organisation_id = parse::optional_id("organisation_id", &asked.organisation_id)?;
        let on = parse::optional_date("as_of", asked.as_of)?.unwrap_or_else(today);

        let mut reading = self.database.read(&call).await?;
        let found = opening(&mut reading, opening_id, organisation_id).await?;
        let complete = completeness(&mut reading, opening_id, organisation_id, on).await?;
        Ok(reading.reply(wire::completeness(&found, complete)))
    }

    async fn list_periodic_reports(
        &self,
        request: Request<ListPeriodicReportsRequest>,
    ) -> Result<Response<ListPeriodicReportsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<Uuid> = page.after()?;
        let asked = Asked {
            opening_id: parse::id("opening_id", &asked.opening_id)?,
            organisation_id: parse::optional_id("organisation_id", &asked.organisation_id)?,
            states: asked::states(&asked.states)?,
        };

        let mut reading = self.database.read(&call).await?;
        opening(&mut reading, asked.opening_id, asked.organisation_id).await?;
        let rows = reports(&mut reading, &asked, after, page.limit(), today()).await?;
        let page = page.page(rows, |last| last.report_id)?;
        Ok(reading.reply(ListPeriodicReportsResponse {
            reports: page.rows.iter().map(wire::line).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn get_periodic_report(
        &self,
        request: Request<GetPeriodicReportRequest>,
    ) -> Result<Response<GetPeriodicReportResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let report_id = parse::id("report_id", &asked.report_id)?;

        let mut reading = self.database.read(&call).await?;
        let told = told_report(&mut reading, report_id, asked.approved, today()).await?;
        Ok(reading.reply(wire::report(&told)))
    }

    async fn draft_periodic_report(
        &self,
        request: Request<DraftPeriodicReportRequest>,
    ) -> Result<Response<DraftPeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let of = asked::of(&asked.report_id, asked.revision)?;
        let computed = self.computed(&call, of.report_id).await?;
        let acted = self.database.act(call, DraftPeriodicReport { of, computed }).await?;
        Ok(acted.reply(|stepped| DraftPeriodicReportResponse { revision: stepped.revision }))
    }

    async fn declare_periodic_report(
        &self,
        request: Request<DeclarePeriodicReportRequest>,
    ) -> Result<Response<DeclarePeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = asked::declaration(&asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|stepped| DeclarePeriodicReportResponse { revision: stepped.revision }))
    }

    async fn consolidate_periodic_report(
        &self,
        request: Request<ConsolidatePeriodicReportRequest>,
    ) -> Result<Response<ConsolidatePeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let of = asked::of(&asked.report_id, asked.revision)?;
        let computed = self.computed(&call, of.report_id).await?;
        let acted = self.database.act(call, ConsolidatePeriodicReport { of, computed }).await?;
        Ok(acted.reply(|consolidated| ConsolidatePeriodicReportResponse {
            revision: consolidated.revision,
            consolidated: consolidated.consolidated,
            missing: consolidated.missing,
        }))
    }

    async fn submit_periodic_report(
        &self,
        request: Request<SubmitPeriodicReportRequest>,
    ) -> Result<Response<SubmitPeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = SubmitPeriodicReport(asked::of(&asked.report_id, asked.revision)?);
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(wire::submitted))
    }

    async fn return_periodic_report(
        &self,
        request: Request<ReturnPeriodicReportRequest>,
    ) -> Result<Response<ReturnPeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let of = asked::of(&asked.report_id, asked.revision)?;
        let message = parse::text("message", &asked.message, MESSAGE_MAX)?;
        let acted = self.database.act(call, ReturnPeriodicReport { of, message }).await?;
        Ok(acted.reply(|stepped| ReturnPeriodicReportResponse { revision: stepped.revision }))
    }

    async fn reopen_periodic_report(
        &self,
        request: Request<ReopenPeriodicReportRequest>,
    ) -> Result<Response<ReopenPeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = ReopenPeriodicReport {
            of: asked::of(&asked.report_id, asked.revision)?,
            row: parse::text("row", &asked.row, MESSAGE_MAX)?,
            message: parse::text("message", &asked.message, MESSAGE_MAX)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|stepped| ReopenPeriodicReportResponse { revision: stepped.revision }))
    }

    async fn approve_periodic_report(
        &self,
        request: Request<ApprovePeriodicReportRequest>,
    ) -> Result<Response<ApprovePeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let of = asked::of(&asked.report_id, asked.revision)?;
        let message = parse::optional_text("message", &asked.message, MESSAGE_MAX)?;
        let act = ApprovePeriodicReport { of, message: message.unwrap_or_default() };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|stepped| ApprovePeriodicReportResponse { revision: stepped.revision }))
    }

    async fn revise_periodic_report(
        &self,
        request: Request<RevisePeriodicReportRequest>,
    ) -> Result<Response<RevisePeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let of = asked::of(&asked.report_id, asked.revision)?;
        let message = parse::text("message", &asked.message, MESSAGE_MAX)?;
        let acted = self.database.act(call, RevisePeriodicReport { of, message }).await?;
        Ok(acted.reply(|revised| RevisePeriodicReportResponse {
            revision: revised.revision,
            edition: revised.edition,
        }))
    }

    async fn waive_periodic_report(
        &self,
        request: Request<WaivePeriodicReportRequest>,
    ) -> Result<Response<WaivePeriodicReportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let of = asked::of(&asked.report_id, asked.revision)?;
        let message = parse::text("message", &asked.message, MESSAGE_MAX)?;
        let acted = self.database.act(call, WaivePeriodicReport { of, message }).await?;
        Ok(acted.reply(|stepped| WaivePeriodicReportResponse { revision: stepped.revision }))
    }

    async fn list_periodic_report_reminders(
        &self,
        request: Request<ListPeriodicReportRemindersRequest>,
    ) -> Result<Response<ListPeriodicReportRemindersResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<AfterReminder> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let due_by = parse::optional_date("due_by", asked.due_by)?.unwrap_or_else(today);

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let of = (organisation_id, due_by);
        let rows = reminders(&mut reading, of, after, page.limit(), today()).await?;
        let page = page.page(rows, |last| (last.due_on, last.report_id))?;
        Ok(reading.reply(ListPeriodicReportRemindersResponse {
            reports: page.rows.iter().map(wire::line).collect(),
            next_page_token: page.next_page_token,
        }))
    }
}

impl Api {
    /// What the register counts for a report, in a reading of its own: an act counts nothing while it
    /// holds what it changes.
    async fn computed(&self, call: &Call, report_id: Uuid) -> Result<Computed, Status> {
        let mut reading = self.database.read(call).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
        Ok(computed(&mut reading, &snapshot, self.reference, report_id).await?)
    }
}
