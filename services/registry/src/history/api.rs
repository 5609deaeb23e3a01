//! `HistoryService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::history_service_server::HistoryService;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::history::{code_bearers, compare, successions, timeline, wire};

#[tonic::async_trait]
impl HistoryService for Api {
    async fn get_organisation_timeline(
        &self,
        request: Request<pb::GetOrganisationTimelineRequest>,
    ) -> Result<Response<pb::GetOrganisationTimelineResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let (organisation_id, known_at, with_replaced) = wire::timeline(&request)?;
        let mut reading = self.database.read(&call).await?;
        let facts =
            timeline::timeline(&mut reading, organisation_id, known_at, with_replaced).await?;
        Ok(reading.reply(wire::facts(facts)))
    }

    async fn list_successions(
        &self,
        request: Request<pb::ListSuccessionsRequest>,
    ) -> Result<Response<pb::ListSuccessionsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let (organisation_id, direction, known_at) = wire::successions(&request)?;
        let mut reading = self.database.read(&call).await?;
        let page =
            successions::successions(&mut reading, organisation_id, direction, known_at, &asked)
                .await?;
        Ok(reading.reply(wire::successions_page(page)))
    }

    async fn compare_trees(
        &self,
        request: Request<pb::CompareTreesRequest>,
    ) -> Result<Response<pb::CompareTreesResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let comparison = wire::comparison(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let compared = compare::compare(&mut reading, comparison, &asked).await?;
        Ok(reading.reply(wire::compared(compared)))
    }

    async fn list_code_bearers(
        &self,
        request: Request<pb::ListCodeBearersRequest>,
    ) -> Result<Response<pb::ListCodeBearersResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let (code, known_at) = wire::code_bearers(&request)?;
        let mut reading = self.database.read(&call).await?;
        let bearers = code_bearers::code_bearers(&mut reading, &code, known_at).await?;
        Ok(reading.reply(wire::bearers(bearers)))
    }
}
