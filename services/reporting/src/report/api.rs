//! ReportService.

use chassis::call::Call;
use chassis::parse;
use proto::reporting::v1::report_service_server::ReportService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::ground::refused::Refused;
use crate::ground::{reading as reads, wire};
use crate::report::order::Order;
use crate::report::print::print;
use crate::report::wire::{printed, template};

#[tonic::async_trait]
impl ReportService for Api {
    async fn list_templates(
        &self,
        _: Request<ListTemplatesRequest>,
    ) -> Result<Response<ListTemplatesResponse>, Status> {
        let templates = self.reference.templates().iter().map(template).collect();
        Ok(Response::new(ListTemplatesResponse { templates }))
    }

    async fn print_report(
        &self,
        request: Request<PrintReportRequest>,
    ) -> Result<Response<PrintReportResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let of = self
            .reference
            .templates()
            .iter()
            .find(|known| known.code == asked.template)
            .ok_or(Refused::TemplateUnknown { template: asked.template })?;
        let parameters = of.parameters(
            asked.parameters.into_iter().map(|parameter| (parameter.name, parameter.value)),
        )?;
        let order = Order {
            head: parse::id("organisation_id", &asked.organisation_id)?,
            period: wire::period(asked.period)?,
            as_of: wire::tree(asked.tree)?,
            parameters,
        };

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, order.head).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
        let report = print(&mut reading, &snapshot, self.reference, of, order).await?;
        Ok(reading.reply(printed(self.reference, report)))
    }
}
