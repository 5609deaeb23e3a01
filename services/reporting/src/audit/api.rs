//! AuditService.

use chassis::call::Call;
use chassis::database::today;
use chassis::page::Page;
use chassis::parse;
use proto::reporting::v1::audit_service_server::AuditService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::audit::{audits, wire};
use crate::ground::api::Api;
use crate::ground::reading as reads;

#[tonic::async_trait]
impl AuditService for Api {
    async fn begin_audit(
        &self,
        request: Request<BeginAuditRequest>,
    ) -> Result<Response<BeginAuditResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::begin_audit(&asked, today())?;
        let reply = self.database.act(call, act).await?.reply(wire::begun);
        self.auditing.asked.notify_one();
        Ok(reply)
    }

    async fn get_audit(
        &self,
        request: Request<GetAuditRequest>,
    ) -> Result<Response<GetAuditResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let audit_id = parse::id("audit_id", &asked.audit_id)?;
        let mut reading = self.database.read(&call).await?;
        let (audit, differences) = audits::get(&mut reading, audit_id).await?;
        Ok(reading.reply(GetAuditResponse {
            audit: Some(wire::audit(audit)),
            differences: differences.into_iter().map(wire::difference).collect(),
        }))
    }

    async fn list_audits(
        &self,
        request: Request<ListAuditsRequest>,
    ) -> Result<Response<ListAuditsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let after: Option<Uuid> = page.after()?;
        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let rows = audits::list(&mut reading, organisation_id, after, page.limit()).await?;
        let Page { rows, next_page_token } = page.page(rows, |last| last.audit_id)?;
        let audits = rows.into_iter().map(wire::audit).collect();
        Ok(reading.reply(ListAuditsResponse { audits, next_page_token }))
    }

    async fn cancel_audit(
        &self,
        request: Request<CancelAuditRequest>,
    ) -> Result<Response<CancelAuditResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::cancel_audit(&asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::cancelled))
    }
}
