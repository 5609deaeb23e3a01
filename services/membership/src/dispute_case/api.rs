//! `DisputeCaseService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::dispute_case::{cases, wire};
use crate::ground::api::{Api, known_at};

#[tonic::async_trait]
impl pb::dispute_case_service_server::DisputeCaseService for Api {
    async fn open_dispute_case(
        &self,
        request: Request<pb::OpenDisputeCaseRequest>,
    ) -> Result<Response<pb::OpenDisputeCaseResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::open_dispute_case(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::opened))
    }

    async fn conclude_dispute_case(
        &self,
        request: Request<pb::ConcludeDisputeCaseRequest>,
    ) -> Result<Response<pb::ConcludeDisputeCaseResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::conclude_dispute_case(asked)?;
        let concluded = self.database.act(call, act).await?;
        Ok(concluded.reply(|_| pb::ConcludeDisputeCaseResponse::default()))
    }

    async fn get_dispute_case(
        &self,
        request: Request<pb::GetDisputeCaseRequest>,
    ) -> Result<Response<pb::GetDisputeCaseResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let case_id = parse::id("case_id", &asked.case_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let (case, people) = cases::get(&mut reading, case_id, known_at).await?;
        Ok(reading.reply(pb::GetDisputeCaseResponse {
            case: Some(wire::case(case)),
            person_ids: people.iter().map(ToString::to_string).collect(),
        }))
    }

    async fn list_dispute_cases(
        &self,
        request: Request<pb::ListDisputeCasesRequest>,
    ) -> Result<Response<pb::ListDisputeCasesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = cases::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListDisputeCasesResponse {
            cases: found.rows.into_iter().map(wire::case).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
