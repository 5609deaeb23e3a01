//! PeriodicReportService.

use chassis::call::Call;
use chassis::parse;
use proto::reporting::v1::periodic_report_service_server::PeriodicReportService;
use proto::reporting::v1::*;
use time::Date;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::period::Period as Days;
use crate::ground::reports_due::{self, Cadence as Every};
use crate::ground::{reading as reads, wire};
use crate::periodic_report::wire::{answered, cadence};

/// Reports of one page, at most.
const PAGE_MAX: i64 = 500;

/// Where a page begins: with which assignment, and behind how many of its reports.
type Start = (Date, Uuid, usize);

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
        let period = wire::period(asked.period)?;

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
}

/// As many reports as fit on a page, behind some of the first assignment's, and where the next
/// page begins.
fn page_of(
    found: Vec<reports_due::Assignment>,
    (period, every): (Days, Every),
    mut skipped: usize,
    page_size: usize,
) -> (Vec<Assignment>, Option<Start>) {
    let mut room = page_size;
    let mut shown = Vec::new();
    for assignment in found {
        let start = (assignment.from_on, assignment.assignment_id);
        if room == 0 {
            return (shown, Some((start.0, start.1, skipped)));
        }
        let mut due: Vec<Days> =
            assignment.reports_due(period, every).skip(skipped).take(room + 1).collect();
        let more = due.len() > room;
        due.truncate(room);
        room -= due.len().max(1);
        let behind = skipped + due.len();
        shown.push(answered(assignment, due));
        if more {
            return (shown, Some((start.0, start.1, behind)));
        }
        skipped = 0;
    }
    (shown, None)
}
