//! `EmployerService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::employer_service_server::EmployerService;
use tonic::{Request, Response, Status};

use crate::employer::{employers, wire};
use crate::ground::api::Api;
use crate::ground::tax_codes;

#[tonic::async_trait]
impl EmployerService for Api {
    async fn survey_employers(
        &self,
        request: Request<pb::SurveyEmployersRequest>,
    ) -> Result<Response<pb::SurveyEmployersResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::survey(request)?;
        let (database, most, named) = (&self.database, self.employers, act.tax_codes());
        if call.validate_only {
            tax_codes::count(database, most, &call, named).await?;
            return Ok(database.act(call, act).await?.reply(wire::surveyed));
        }
        let acted = database.act(call.clone(), act).await;
        if acted.as_ref().is_err_and(tax_codes::tells) {
            tax_codes::count(database, most, &call, named).await?;
        }
        Ok(acted?.reply(wire::surveyed))
    }

    async fn reach_campaign_stage(
        &self,
        request: Request<pb::ReachCampaignStageRequest>,
    ) -> Result<Response<pb::ReachCampaignStageResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::reach_stage(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::stage_reached))
    }

    async fn list_employers(
        &self,
        request: Request<pb::ListEmployersRequest>,
    ) -> Result<Response<pb::ListEmployersResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::employers(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = employers::employers(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::employers_page(page)))
    }

    async fn list_employers_without_union(
        &self,
        request: Request<pb::ListEmployersWithoutUnionRequest>,
    ) -> Result<Response<pb::ListEmployersWithoutUnionResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::without_union(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = employers::employers(&mut reading, &of, &asked).await?;
        Ok(reading.reply(wire::without_union_page(page)))
    }

    async fn list_campaigns(
        &self,
        request: Request<pb::ListCampaignsRequest>,
    ) -> Result<Response<pb::ListCampaignsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::campaigns(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = employers::campaigns(&mut reading, of, &asked).await?;
        Ok(reading.reply(wire::campaigns_page(page)))
    }

    async fn get_employer(
        &self,
        request: Request<pb::GetEmployerRequest>,
    ) -> Result<Response<pb::GetEmployerResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let employer_id = wire::get(&request)?;
        let mut reading = self.database.read(&call).await?;
        let history = employers::employer(&mut reading, employer_id).await?;
        Ok(reading.reply(wire::history(history)))
    }

    async fn get_campaign_funnel(
        &self,
        request: Request<pb::GetCampaignFunnelRequest>,
    ) -> Result<Response<pb::GetCampaignFunnelResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let of = wire::funnel(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let stages = employers::funnel(&mut reading, &of).await?;
        Ok(reading.reply(wire::funnel_counted(stages)))
    }
}
