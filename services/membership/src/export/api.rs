//! `ExportService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use chassis::refusal::Failure;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use proto::google::api::HttpBody;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::export::{download, exports, wire};
use crate::ground::api::Api;
use crate::ground::file;

#[tonic::async_trait]
impl pb::export_service_server::ExportService for Api {
    type DownloadExportStream = BoxStream<'static, Result<HttpBody, Status>>;

    async fn export_members(
        &self,
        request: Request<pb::ExportMembersRequest>,
    ) -> Result<Response<pb::ExportMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::export_members(&asked, self.exporting.config.files_each)?;
        let reply = self.database.act(call, act).await?.reply(wire::asked);
        self.exporting.asked.notify_one();
        Ok(reply)
    }

    async fn get_export(
        &self,
        request: Request<pb::GetExportRequest>,
    ) -> Result<Response<pb::GetExportResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let export_id = parse::id("export_id", &asked.export_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = exports::get(&mut reading, &call.caller.principal(), export_id).await?;
        Ok(reading.reply(pb::GetExportResponse { export: Some(wire::export(found)) }))
    }

    async fn cancel_export(
        &self,
        request: Request<pb::CancelExportRequest>,
    ) -> Result<Response<pb::CancelExportResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::cancel_export(&asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::cancelled))
    }

    async fn download_export(
        &self,
        request: Request<pb::DownloadExportRequest>,
    ) -> Result<Response<Self::DownloadExportStream>, Status> {
        let (call, asked) = Call::read(request)?;
        let export_id = parse::id("export_id", &asked.export_id)?;
        let found = download::file(&self.database, &self.exporting, &call, export_id).await?;
        let (database, keys) = (self.database.clone(), self.keys.clone());
        let pieces = stream::try_unfold(0, move |number| {
            let (database, keys, call) = (database.clone(), keys.clone(), call.clone());
            async move {
                let piece = found.piece(&database, &keys, &call, number).await?;
                let Some(piece) = piece else { return Ok::<_, Failure>(None) };
                let piece = match number {
                    0 => file::first(found.format, piece.into()),
                    _ => file::piece(piece.into()),
                };
                Ok(Some((piece, number + 1)))
            }
        });
        let mut response = Response::new(pieces.map_err(Status::from).boxed());
        file::named(&mut response, &format!("doan-vien-{}", found.as_of), found.format);
        Ok(response)
    }
}
