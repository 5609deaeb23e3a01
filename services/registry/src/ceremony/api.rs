//! `CeremonyService`, answered.

use chassis::call::Call;
use chassis::parse;
use proto::registry::v1 as pb;
use proto::registry::v1::ceremony_service_server::CeremonyService;
use tonic::{Request, Response, Status};

use crate::ceremony::{ceremonies as ceremony, wire};
use crate::ground::api::Api;

#[tonic::async_trait]
impl CeremonyService for Api {
    async fn hold_ceremony(
        &self,
        request: Request<pb::HoldCeremonyRequest>,
    ) -> Result<Response<pb::HoldCeremonyResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::hold_ceremony(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::ceremony_held))
    }

    async fn get_ceremony(
        &self,
        request: Request<pb::GetCeremonyRequest>,
    ) -> Result<Response<pb::GetCeremonyResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let ceremony_id = parse::id("ceremony_id", &request.ceremony_id)?;
        let mut reading = self.database.read(&call).await?;
        let ceremony = ceremony::ceremony(&mut reading, ceremony_id).await?;
        Ok(reading.reply(wire::ceremony(&ceremony)))
    }
}
