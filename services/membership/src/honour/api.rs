//! `HonourService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::honour::{honours, wire};

#[tonic::async_trait]
impl pb::honour_service_server::HonourService for Api {
    async fn record_honours(
        &self,
        request: Request<pb::RecordHonoursRequest>,
    ) -> Result<Response<pb::RecordHonoursResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::record_honours(asked, &self.keys)?;
        let numbers = act.roll.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(wire::recorded))
    }

    async fn list_honours(
        &self,
        request: Request<pb::ListHonoursRequest>,
    ) -> Result<Response<pb::ListHonoursResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = honours::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListHonoursResponse {
            honours: found.rows.into_iter().map(wire::honour).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
