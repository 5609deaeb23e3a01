//! `SecondmentService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::secondment_service_server::SecondmentService;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::secondment::secondments::secondments;
use crate::secondment::wire;

#[tonic::async_trait]
impl SecondmentService for Api {
    async fn begin_secondment(
        &self,
        request: Request<pb::BeginSecondmentRequest>,
    ) -> Result<Response<pb::BeginSecondmentResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::begin(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::begun))
    }

    async fn end_secondment(
        &self,
        request: Request<pb::EndSecondmentRequest>,
    ) -> Result<Response<pb::EndSecondmentResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::end(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::ended))
    }

    async fn list_secondments(
        &self,
        request: Request<pb::ListSecondmentsRequest>,
    ) -> Result<Response<pb::ListSecondmentsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::secondments(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = secondments(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::secondments_page(page)))
    }
}
