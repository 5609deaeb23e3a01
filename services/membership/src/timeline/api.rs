//! `TimelineService`, answered: parse, read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::timeline::{entries, wire};

#[tonic::async_trait]
impl pb::timeline_service_server::TimelineService for Api {
    async fn get_person_timeline(
        &self,
        request: Request<pb::GetPersonTimelineRequest>,
    ) -> Result<Response<pb::GetPersonTimelineResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let person_id = parse::id("person_id", &asked.person_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = entries::of(&mut reading, person_id, known_at, &page).await?;
        Ok(reading.reply(pb::GetPersonTimelineResponse {
            entries: found.rows.into_iter().map(wire::entry).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
