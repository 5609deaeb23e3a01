//! PeriodicReportService.

use chassis::call::Call;
use chassis::parse;
use proto::reporting::v1::periodic_report_service_server::PeriodicReportService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};

use super::Api;
use crate::reads::reports_due::{Cadence as Every, reports_due};
use crate::{reads, wire};

#[tonic::async_trait]
impl PeriodicReportService for Api {
    async fn list_reports_due(
        &self,
        request: Request<ListReportsDueRequest>,
    ) -> Result<Response<ListReportsDueResponse>, Status> {
        let call = Call::read(&request)?;
        let asked = request.into_inner();
        let every = match asked.cadence() {
            Cadence::Month => Every::MONTH,
            Cadence::Unspecified | Cadence::Quarter => Every::QUARTER,
            Cadence::HalfYear => Every::HALF_YEAR,
            Cadence::Year => Every::YEAR,
        };
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let period = wire::period(asked.period)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let assignments = reports_due(&mut reading, organisation_id, period, every)
            .await?
            .into_iter()
            .map(|assignment| Assignment {
                assignment_id: assignment.assignment_id.to_string(),
                steering_committee_id: assignment.steering_committee_id.to_string(),
                office_id: assignment.office_id.to_string(),
                person_id: assignment.person_id.to_string(),
                position: assignment.position,
                unit_id: assignment.unit_id.to_string(),
                unit_name: assignment.unit_name,
                from_on: Some(parse::civil(assignment.from_on)),
                until_on: assignment.until_on.map(parse::civil),
                reports_due: assignment
                    .reports_due
                    .into_iter()
                    .map(|span| ReportDue {
                        due_on: Some(parse::civil(span.until())),
                        period: Some(wire::period_out(span)),
                    })
                    .collect(),
            })
            .collect();
        Ok(reading.reply(ListReportsDueResponse { assignments }))
    }
}
