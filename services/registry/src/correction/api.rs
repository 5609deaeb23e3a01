//! `CorrectionService`, answered.

use chassis::call::Call;
use proto::registry::v1 as pb;
use proto::registry::v1::correction_service_server::CorrectionService;
use tonic::{Request, Response, Status};

use crate::correction::wire;
use crate::ground::api::Api;

#[tonic::async_trait]
impl CorrectionService for Api {
    async fn correct_organisation(
        &self,
        request: Request<pb::CorrectOrganisationRequest>,
    ) -> Result<Response<pb::CorrectOrganisationResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::correct(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::corrected))
    }

    async fn undo_act(
        &self,
        request: Request<pb::UndoActRequest>,
    ) -> Result<Response<pb::UndoActResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::undo(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::undone))
    }
}
