//! `LifeCycleService`, answered.

use chassis::call::Call;
use proto::registry::v1 as pb;
use proto::registry::v1::life_cycle_service_server::LifeCycleService;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::life_cycle::wire;

#[tonic::async_trait]
impl LifeCycleService for Api {
    async fn recognise_organisation(
        &self,
        request: Request<pb::RecogniseOrganisationRequest>,
    ) -> Result<Response<pb::RecogniseOrganisationResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::recognise(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::recognised))
    }

    async fn change_type(
        &self,
        request: Request<pb::ChangeTypeRequest>,
    ) -> Result<Response<pb::ChangeTypeResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::change_type(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::type_changed))
    }

    async fn split_off(
        &self,
        request: Request<pb::SplitOffRequest>,
    ) -> Result<Response<pb::SplitOffResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::split_off(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::split))
    }
}
