//! `CongressService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::congress_service_server::CongressService;
use tonic::{Request, Response, Status};

use crate::congress::{offices, wire};
use crate::ground::api::Api;
use crate::ground::bodies;

#[tonic::async_trait]
impl CongressService for Api {
    async fn hold_congress(
        &self,
        request: Request<pb::HoldCongressRequest>,
    ) -> Result<Response<pb::HoldCongressResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::hold_congress(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::congress_held))
    }

    async fn hold_by_election(
        &self,
        request: Request<pb::HoldByElectionRequest>,
    ) -> Result<Response<pb::HoldByElectionResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::hold_by_election(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::by_election_held))
    }

    async fn appoint_committee(
        &self,
        request: Request<pb::AppointCommitteeRequest>,
    ) -> Result<Response<pb::AppointCommitteeResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::appoint_committee(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::committee_appointed))
    }

    async fn end_offices(
        &self,
        request: Request<pb::EndOfficesRequest>,
    ) -> Result<Response<pb::EndOfficesResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::end_offices(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::offices_ended))
    }

    async fn get_bodies(
        &self,
        request: Request<pb::GetBodiesRequest>,
    ) -> Result<Response<pb::GetBodiesResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let (organisation_id, as_of) = wire::bodies(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let bodies = bodies::bodies(&mut reading, organisation_id, as_of).await?;
        Ok(reading.reply(wire::bodies_read(bodies)))
    }

    async fn list_offices(
        &self,
        request: Request<pb::ListOfficesRequest>,
    ) -> Result<Response<pb::ListOfficesResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::offices(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = offices::offices(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::offices_page(page)))
    }
}
