//! `GrantService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::grant_service_server::GrantService;
use tonic::{Request, Response, Status};

use crate::grant::{grants, wire};
use crate::ground::api::Api;

#[tonic::async_trait]
impl GrantService for Api {
    async fn make_grant(
        &self,
        request: Request<pb::MakeGrantRequest>,
    ) -> Result<Response<pb::MakeGrantResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::make_grant(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::grant_made))
    }

    async fn end_grant(
        &self,
        request: Request<pb::EndGrantRequest>,
    ) -> Result<Response<pb::EndGrantResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::end_grant(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::grant_ended))
    }

    async fn list_grants(
        &self,
        request: Request<pb::ListGrantsRequest>,
    ) -> Result<Response<pb::ListGrantsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::grants(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = grants::grants(&mut reading, of, &asked).await?;
        Ok(reading.reply(wire::grants_page(page)))
    }
}
