//! `ProtectionService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::protection::{records, wire};

#[tonic::async_trait]
impl pb::protection_service_server::ProtectionService for Api {
    async fn export_person(
        &self,
        request: Request<pb::ExportPersonRequest>,
    ) -> Result<Response<pb::ExportPersonResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::export_person(&asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::exported))
    }

    async fn list_exported_records(
        &self,
        request: Request<pb::ListExportedRecordsRequest>,
    ) -> Result<Response<pb::ListExportedRecordsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let export_id = parse::id("export_id", &asked.export_id)?;
        let principal = call.caller.principal();
        let mut reading = self.database.read(&call).await?;
        let found = records::list(&mut reading, &self.keys, &principal, export_id, &page).await?;
        Ok(reading.reply(pb::ListExportedRecordsResponse {
            records: found.rows.into_iter().map(wire::record).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn erase_person(
        &self,
        request: Request<pb::ErasePersonRequest>,
    ) -> Result<Response<pb::ErasePersonResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::erase_person(asked)?;
        Ok(self.database.act(call, act).await?.reply(|_| pb::ErasePersonResponse::default()))
    }
}
