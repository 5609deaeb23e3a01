//! `AttributeService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::attribute_service_server::AttributeService;
use tonic::{Request, Response, Status};

use crate::attribute::{details, wire};
use crate::ground::api::Api;

#[tonic::async_trait]
impl AttributeService for Api {
    async fn change_territory(
        &self,
        request: Request<pb::ChangeTerritoryRequest>,
    ) -> Result<Response<pb::ChangeTerritoryResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::change_territory(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::territory_changed))
    }

    async fn record_seal_and_account(
        &self,
        request: Request<pb::RecordSealAndAccountRequest>,
    ) -> Result<Response<pb::RecordSealAndAccountResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::record_seal_and_account(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::seal_and_account_recorded))
    }

    async fn change_aliases(
        &self,
        request: Request<pb::ChangeAliasesRequest>,
    ) -> Result<Response<pb::ChangeAliasesResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::change_aliases(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::aliases_changed))
    }

    async fn begin_joint_direction(
        &self,
        request: Request<pb::BeginJointDirectionRequest>,
    ) -> Result<Response<pb::BeginJointDirectionResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::begin_joint_direction(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::joint_direction_begun))
    }

    async fn end_joint_direction(
        &self,
        request: Request<pb::EndJointDirectionRequest>,
    ) -> Result<Response<pb::EndJointDirectionResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::end_joint_direction(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::joint_direction_ended))
    }

    async fn get_organisation_details(
        &self,
        request: Request<pb::GetOrganisationDetailsRequest>,
    ) -> Result<Response<pb::GetOrganisationDetailsResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let (organisation_id, as_of) = wire::get_details(request, today())?;
        let mut reading = self.database.read(&call).await?;
        let found = details::details(&mut reading, organisation_id, as_of).await?;
        let details = Some(wire::details(found));
        Ok(reading.reply(pb::GetOrganisationDetailsResponse { details }))
    }
}
