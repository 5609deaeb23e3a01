//! `SuccessionService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::succession_service_server::SuccessionService;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::succession::plans::succession_plans;
use crate::succession::wire;

#[tonic::async_trait]
impl SuccessionService for Api {
    async fn plan_succession(
        &self,
        request: Request<pb::PlanSuccessionRequest>,
    ) -> Result<Response<pb::PlanSuccessionResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::plan(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::planned))
    }

    async fn list_succession_plans(
        &self,
        request: Request<pb::ListSuccessionPlansRequest>,
    ) -> Result<Response<pb::ListSuccessionPlansResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::plans(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = succession_plans(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::plans_page(page)))
    }
}
