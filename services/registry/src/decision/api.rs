//! `DecisionService`, answered.

use chassis::call::Call;
use chassis::parse;
use proto::registry::v1 as pb;
use proto::registry::v1::decision_service_server::DecisionService;
use tonic::{Request, Response, Status};

use crate::decision::{decisions as decision, effects as decision_effects, wire};
use crate::ground::api::Api;

#[tonic::async_trait]
impl DecisionService for Api {
    async fn record_decision(
        &self,
        request: Request<pb::RecordDecisionRequest>,
    ) -> Result<Response<pb::RecordDecisionResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::record_decision(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::recorded))
    }

    async fn get_decision(
        &self,
        request: Request<pb::GetDecisionRequest>,
    ) -> Result<Response<pb::GetDecisionResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let decision_id = parse::id("decision_id", &request.decision_id)?;
        let mut reading = self.database.read(&call).await?;
        let decision = decision::decision(&mut reading, decision_id).await?;
        Ok(reading.reply(pb::GetDecisionResponse { decision: Some(wire::document(decision)) }))
    }

    async fn add_decision_alias(
        &self,
        request: Request<pb::AddDecisionAliasRequest>,
    ) -> Result<Response<pb::AddDecisionAliasResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::add_alias(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::alias_added))
    }

    async fn list_decisions(
        &self,
        request: Request<pb::ListDecisionsRequest>,
    ) -> Result<Response<pb::ListDecisionsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::documents_of(&request)?;
        let mut reading = self.database.read(&call).await?;
        let page = decision::decisions(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::documents(page)))
    }

    async fn get_decision_effects(
        &self,
        request: Request<pb::GetDecisionEffectsRequest>,
    ) -> Result<Response<pb::GetDecisionEffectsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let decision_id = parse::id("decision_id", &request.decision_id)?;
        let mut reading = self.database.read(&call).await?;
        let page = decision_effects::effects(&mut reading, decision_id, &asked).await?;
        Ok(reading.reply(wire::effects(page)))
    }
}
