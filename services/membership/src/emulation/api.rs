//! `EmulationService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::emulation::{emulations, participants, wire};
use crate::ground::api::{Api, known_at};

#[tonic::async_trait]
impl pb::emulation_service_server::EmulationService for Api {
    async fn launch_emulation(
        &self,
        request: Request<pb::LaunchEmulationRequest>,
    ) -> Result<Response<pb::LaunchEmulationResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::launch_emulation(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::launched))
    }

    async fn join_emulation(
        &self,
        request: Request<pb::JoinEmulationRequest>,
    ) -> Result<Response<pb::JoinEmulationResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::join_emulation(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::joined))
    }

    async fn list_emulations(
        &self,
        request: Request<pb::ListEmulationsRequest>,
    ) -> Result<Response<pb::ListEmulationsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = emulations::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListEmulationsResponse {
            emulations: found.rows.into_iter().map(wire::emulation).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn list_emulation_participants(
        &self,
        request: Request<pb::ListEmulationParticipantsRequest>,
    ) -> Result<Response<pb::ListEmulationParticipantsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let emulation_id = parse::id("emulation_id", &asked.emulation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = participants::list(&mut reading, emulation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListEmulationParticipantsResponse {
            participants: found.rows.into_iter().map(wire::participant).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
