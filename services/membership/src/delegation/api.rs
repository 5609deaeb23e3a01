//! `DelegationService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::delegation::{delegations, wire};
use crate::ground::api::{Api, known_at};

#[tonic::async_trait]
impl pb::delegation_service_server::DelegationService for Api {
    async fn send_delegation(
        &self,
        request: Request<pb::SendDelegationRequest>,
    ) -> Result<Response<pb::SendDelegationResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::send_delegation(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::sent))
    }

    async fn get_delegation(
        &self,
        request: Request<pb::GetDelegationRequest>,
    ) -> Result<Response<pb::GetDelegationResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let delegation_id = parse::id("delegation_id", &asked.delegation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = delegations::get(&mut reading, delegation_id, known_at).await?;
        Ok(reading.reply(wire::delegation(found)))
    }
}
