//! `DuplicateService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::database::today;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::duplicate::{candidates, wire};
use crate::ground::api::Api;

#[tonic::async_trait]
impl pb::duplicate_service_server::DuplicateService for Api {
    async fn list_duplicate_candidates(
        &self,
        request: Request<pb::ListDuplicateCandidatesRequest>,
    ) -> Result<Response<pb::ListDuplicateCandidatesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = candidates::list(&mut reading, organisation_id, today(), &page).await?;
        Ok(reading.reply(pb::ListDuplicateCandidatesResponse {
            candidates: found.rows.into_iter().map(wire::candidate).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn dismiss_duplicate(
        &self,
        request: Request<pb::DismissDuplicateRequest>,
    ) -> Result<Response<pb::DismissDuplicateResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::dismiss(&asked)?;
        Ok(self.database.act(call, act).await?.reply(|()| pb::DismissDuplicateResponse {}))
    }

    async fn merge_persons(
        &self,
        request: Request<pb::MergePersonsRequest>,
    ) -> Result<Response<pb::MergePersonsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::merge(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::merged))
    }

    async fn unmerge_persons(
        &self,
        request: Request<pb::UnmergePersonsRequest>,
    ) -> Result<Response<pb::UnmergePersonsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::unmerge(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::unmerged))
    }
}
