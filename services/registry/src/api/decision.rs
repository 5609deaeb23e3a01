//! `DecisionService`, answered.

use chassis::call::Call;
use chassis::parse;
use proto::registry::v1 as pb;
use proto::registry::v1::decision_service_server::DecisionService;
use tonic::{Request, Response, Status};

use super::Api;
use crate::reads::decision;
use crate::wire::decision as wire;

#[tonic::async_trait]
impl DecisionService for Api {
    async fn record_decision(
        &self,
        request: Request<pb::RecordDecisionRequest>,
    ) -> Result<Response<pb::RecordDecisionResponse>, Status> {
        let call =
            Call::write(&request, &request.get_ref().request_id, request.get_ref().validate_only)?;
        let act = wire::record_decision(request.into_inner())?;
        Ok(self.database.act(call, act).await?.reply(wire::recorded))
    }

    async fn get_decision(
        &self,
        request: Request<pb::GetDecisionRequest>,
    ) -> Result<Response<pb::GetDecisionResponse>, Status> {
        let call = Call::read(&request)?;
        let decision_id = parse::id("decision_id", &request.get_ref().decision_id)?;
        let mut reading = self.database.read(&call).await?;
        let decision = decision::decision(&mut reading, decision_id).await?;
        Ok(reading.reply(pb::GetDecisionResponse { decision: Some(wire::decision(decision)) }))
    }
}
