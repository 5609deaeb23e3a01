//! `SecondmentService`, answered.

use std::mem::take;

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::secondment_service_server::SecondmentService;
use tonic::{Request, Response, Status};

use super::Api;
use crate::reads::secondments::secondments;
use crate::wire::secondment as wire;

#[tonic::async_trait]
impl SecondmentService for Api {
    async fn begin_secondment(
        &self,
        request: Request<pb::BeginSecondmentRequest>,
    ) -> Result<Response<pb::BeginSecondmentResponse>, Status> {
        let call =
            Call::write(&request, &request.get_ref().request_id, request.get_ref().validate_only)?;
        let act = wire::begin(request.into_inner())?;
        Ok(self.database.act(call, act).await?.reply(wire::begun))
    }

    async fn end_secondment(
        &self,
        request: Request<pb::EndSecondmentRequest>,
    ) -> Result<Response<pb::EndSecondmentResponse>, Status> {
        let call =
            Call::write(&request, &request.get_ref().request_id, request.get_ref().validate_only)?;
        let act = wire::end(request.into_inner())?;
        Ok(self.database.act(call, act).await?.reply(wire::ended))
    }

    async fn list_secondments(
        &self,
        request: Request<pb::ListSecondmentsRequest>,
    ) -> Result<Response<pb::ListSecondmentsResponse>, Status> {
        let call = Call::read(&request)?;
        let mut request = request.into_inner();
        let (token, size) = (take(&mut request.page_token), take(&mut request.page_size));
        let asked = self.asked(&call, &request, token, size);
        let of = wire::secondments(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = secondments(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::secondments_page(page)))
    }
}
