//! `WelfareService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::welfare::{given, wire};

#[tonic::async_trait]
impl pb::welfare_service_server::WelfareService for Api {
    async fn give_welfare(
        &self,
        request: Request<pb::GiveWelfareRequest>,
    ) -> Result<Response<pb::GiveWelfareResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::give_welfare(asked, &self.keys)?;
        let numbers = act.roll.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(wire::gave))
    }

    async fn list_welfare(
        &self,
        request: Request<pb::ListWelfareRequest>,
    ) -> Result<Response<pb::ListWelfareResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = given::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListWelfareResponse {
            given: found.rows.into_iter().map(wire::given).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
