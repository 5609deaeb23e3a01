//! `IdentityService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::identity::{aliases, documents, wire};

#[tonic::async_trait]
impl pb::identity_service_server::IdentityService for Api {
    async fn add_identity_document(
        &self,
        request: Request<pb::AddIdentityDocumentRequest>,
    ) -> Result<Response<pb::AddIdentityDocumentResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::add_document(asked, &self.keys)?;
        Ok(self.act_on_numbers(call, 1, act).await?.reply(wire::document_added))
    }

    async fn end_identity_document(
        &self,
        request: Request<pb::EndIdentityDocumentRequest>,
    ) -> Result<Response<pb::EndIdentityDocumentResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::end_document(asked, &self.keys)?;
        let done = self.database.act(call, act).await?;
        Ok(done.reply(|_| pb::EndIdentityDocumentResponse::default()))
    }

    async fn list_identity_documents(
        &self,
        request: Request<pb::ListIdentityDocumentsRequest>,
    ) -> Result<Response<pb::ListIdentityDocumentsResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let person_id = parse::id("person_id", &asked.person_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let (found, held_by) =
            documents::list(&mut reading, &self.keys, person_id, known_at).await?;
        Ok(reading.reply(pb::ListIdentityDocumentsResponse {
            documents: found.into_iter().map(wire::document).collect(),
            identity_roles: held_by.into_iter().map(ToString::to_string).collect(),
        }))
    }

    async fn add_alias(
        &self,
        request: Request<pb::AddAliasRequest>,
    ) -> Result<Response<pb::AddAliasResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::add_alias(&asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::alias_added))
    }

    async fn end_alias(
        &self,
        request: Request<pb::EndAliasRequest>,
    ) -> Result<Response<pb::EndAliasResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::end_alias(&asked)?;
        Ok(self.database.act(call, act).await?.reply(|_| pb::EndAliasResponse::default()))
    }

    async fn list_aliases(
        &self,
        request: Request<pb::ListAliasesRequest>,
    ) -> Result<Response<pb::ListAliasesResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let person_id = parse::id("person_id", &asked.person_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = aliases::list(&mut reading, person_id, known_at).await?;
        Ok(reading.reply(pb::ListAliasesResponse {
            aliases: found.into_iter().map(wire::alias).collect(),
        }))
    }
}
