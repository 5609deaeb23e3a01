//! `ApplicationService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::application::{applications, wire};
use crate::ground::api::{Api, as_of, known_at};

#[tonic::async_trait]
impl pb::application_service_server::ApplicationService for Api {
    async fn record_applicants(
        &self,
        request: Request<pb::RecordApplicantsRequest>,
    ) -> Result<Response<pb::RecordApplicantsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::record_applicants(asked, &self.keys)?;
        let numbers = act.applicants.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(wire::recorded))
    }

    async fn get_application(
        &self,
        request: Request<pb::GetApplicationRequest>,
    ) -> Result<Response<pb::GetApplicationResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let application_id = parse::id("application_id", &asked.application_id)?;
        let (as_of, known_at) = (as_of(asked.as_of)?, known_at(asked.known_at)?);
        let mut reading = self.database.read(&call).await?;
        let application = applications::get(&mut reading, application_id, as_of, known_at).await?;
        Ok(reading.reply(pb::GetApplicationResponse {
            application: Some(wire::application(application)),
        }))
    }

    async fn list_applications(
        &self,
        request: Request<pb::ListApplicationsRequest>,
    ) -> Result<Response<pb::ListApplicationsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let (as_of, known_at) = (as_of(asked.as_of)?, known_at(asked.known_at)?);
        let mut reading = self.database.read(&call).await?;
        let of = (organisation_id, asked.open_only);
        let found = applications::list(&mut reading, of, as_of, known_at, &page).await?;
        Ok(reading.reply(pb::ListApplicationsResponse {
            applications: found.rows.into_iter().map(wire::application).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
