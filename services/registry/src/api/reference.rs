//! `ReferenceService`, answered: from what is compiled into this program.

use chassis::refusal::Failure;
use proto::registry::v1 as pb;
use proto::registry::v1::reference_service_server::ReferenceService;
use tonic::{Request, Response, Status};

use super::Api;
use crate::reference;
use crate::wire::reference as wire;

#[tonic::async_trait]
impl ReferenceService for Api {
    async fn list_organisation_types(
        &self,
        request: Request<pb::ListOrganisationTypesRequest>,
    ) -> Result<Response<pb::ListOrganisationTypesResponse>, Status> {
        let on = wire::in_force_on(request.get_ref())?;
        let types = reference::organisation_types().map_err(Failure::from)?;
        Ok(Response::new(wire::organisation_types(types, on)))
    }

    async fn list_sectors(
        &self,
        _: Request<pb::ListSectorsRequest>,
    ) -> Result<Response<pb::ListSectorsResponse>, Status> {
        let sectors = reference::sectors().map_err(Failure::from)?;
        Ok(Response::new(wire::sectors(sectors)))
    }

    async fn list_roles(
        &self,
        request: Request<pb::ListRolesRequest>,
    ) -> Result<Response<pb::ListRolesResponse>, Status> {
        Ok(Response::new(wire::roles(&request.get_ref().permission)?))
    }
}
