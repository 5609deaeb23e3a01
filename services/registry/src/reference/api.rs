//! `ReferenceService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::reference_service_server::ReferenceService;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::ground::reading::reference;
use crate::reference::wire;

#[tonic::async_trait]
impl ReferenceService for Api {
    async fn list_organisation_types(
        &self,
        request: Request<pb::ListOrganisationTypesRequest>,
    ) -> Result<Response<pb::ListOrganisationTypesResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let on = wire::in_force_on(&request)?;
        let mut reading = self.database.read(&call).await?;
        let types = reference::organisation_types(&mut reading, on).await?;
        Ok(reading.reply(wire::organisation_types(types)))
    }

    async fn list_sectors(
        &self,
        request: Request<pb::ListSectorsRequest>,
    ) -> Result<Response<pb::ListSectorsResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let on = wire::sectors_on(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let sectors = reference::sectors(&mut reading, on).await?;
        Ok(reading.reply(wire::sectors(sectors)))
    }

    async fn list_industries(
        &self,
        request: Request<pb::ListIndustriesRequest>,
    ) -> Result<Response<pb::ListIndustriesResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let on = wire::industries_on(&request)?;
        let mut reading = self.database.read(&call).await?;
        let industries = reference::industries(&mut reading, on).await?;
        Ok(reading.reply(wire::industries(industries)))
    }

    async fn list_roles(
        &self,
        request: Request<pb::ListRolesRequest>,
    ) -> Result<Response<pb::ListRolesResponse>, Status> {
        Ok(Response::new(wire::roles(&request.get_ref().permission)?))
    }

    async fn load_reference(
        &self,
        request: Request<pb::LoadReferenceRequest>,
    ) -> Result<Response<pb::LoadReferenceResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::load_reference(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::reference_loaded))
    }
}
