//! `DisciplineService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::discipline::{steps, wire};
use crate::ground::api::{Api, known_at};

#[tonic::async_trait]
impl pb::discipline_service_server::DisciplineService for Api {
    async fn discipline_members(
        &self,
        request: Request<pb::DisciplineMembersRequest>,
    ) -> Result<Response<pb::DisciplineMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::discipline_members(asked, &self.keys)?;
        Ok(self.database.act(call, act).await?.reply(wire::disciplined))
    }

    async fn end_discipline(
        &self,
        request: Request<pb::EndDisciplineRequest>,
    ) -> Result<Response<pb::EndDisciplineResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::end_discipline(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::ended))
    }

    async fn list_discipline(
        &self,
        request: Request<pb::ListDisciplineRequest>,
    ) -> Result<Response<pb::ListDisciplineResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = steps::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListDisciplineResponse {
            steps: found.rows.into_iter().map(wire::step).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
