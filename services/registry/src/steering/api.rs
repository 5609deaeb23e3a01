//! `SteeringService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::steering_service_server::SteeringService;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::steering::committees::steering_committees;
use crate::steering::unit_assignments::{unit_assignments, unit_followers};
use crate::steering::wire;

#[tonic::async_trait]
impl SteeringService for Api {
    async fn establish_steering_committee(
        &self,
        request: Request<pb::EstablishSteeringCommitteeRequest>,
    ) -> Result<Response<pb::EstablishSteeringCommitteeResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::establish(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::established))
    }

    async fn complete_steering_committee(
        &self,
        request: Request<pb::CompleteSteeringCommitteeRequest>,
    ) -> Result<Response<pb::CompleteSteeringCommitteeResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::complete(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::completed))
    }

    async fn list_steering_committees(
        &self,
        request: Request<pb::ListSteeringCommitteesRequest>,
    ) -> Result<Response<pb::ListSteeringCommitteesResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::committees(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = steering_committees(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::committees_page(page)))
    }

    async fn list_unit_followers(
        &self,
        request: Request<pb::ListUnitFollowersRequest>,
    ) -> Result<Response<pb::ListUnitFollowersResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let (unit_id, as_of) = wire::followers(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = unit_followers(&mut reading, unit_id, as_of, &asked).await?;
        Ok(reading.reply(wire::followers_page(page)))
    }

    async fn assign_unit(
        &self,
        request: Request<pb::AssignUnitRequest>,
    ) -> Result<Response<pb::AssignUnitResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::assign_unit(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::assigned))
    }

    async fn end_unit_assignment(
        &self,
        request: Request<pb::EndUnitAssignmentRequest>,
    ) -> Result<Response<pb::EndUnitAssignmentResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::end_assignment(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::assignment_ended))
    }

    async fn list_unit_assignments(
        &self,
        request: Request<pb::ListUnitAssignmentsRequest>,
    ) -> Result<Response<pb::ListUnitAssignmentsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let (committee_id, as_of) = wire::assignments(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = unit_assignments(&mut reading, committee_id, as_of, &asked).await?;
        Ok(reading.reply(wire::assignments_page(page)))
    }
}
