//! `CadreService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::cadre::{recommendations, wire};
use crate::ground::api::{Api, known_at};

#[tonic::async_trait]
impl pb::cadre_service_server::CadreService for Api {
    async fn recommend_cadre(
        &self,
        request: Request<pb::RecommendCadreRequest>,
    ) -> Result<Response<pb::RecommendCadreResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::recommend_cadre(asked, &self.keys)?;
        Ok(self.database.act(call, act).await?.reply(wire::recommended))
    }

    async fn record_cadre_outcomes(
        &self,
        request: Request<pb::RecordCadreOutcomesRequest>,
    ) -> Result<Response<pb::RecordCadreOutcomesResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::record_cadre_outcomes(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::recorded))
    }

    async fn list_cadre_recommendations(
        &self,
        request: Request<pb::ListCadreRecommendationsRequest>,
    ) -> Result<Response<pb::ListCadreRecommendationsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = recommendations::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListCadreRecommendationsResponse {
            recommendations: found.rows.into_iter().map(wire::recommendation).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
