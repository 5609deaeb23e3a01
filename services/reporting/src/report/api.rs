//! ReportService.

use chassis::call::Call;
use chassis::database::{Reading, today};
use chassis::parse;
use chassis::refusal::Failure;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use proto::google::api::HttpBody;
use proto::reporting::v1::report_service_server::ReportService;
use proto::reporting::v1::*;
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::indicators::Indicators;
use crate::ground::reading as reads;
use crate::report::paper::{Said, document, superior};
use crate::report::print::print;
use crate::report::printed::Printed;
use crate::report::printing::cancel_printing::CancelPrinting;
use crate::report::printing::download::{Fetching, PIECE};
use crate::report::printing::printings;
use crate::report::template::Template;
use crate::report::template::versions::{Version, certain, in_force, of_code, of_owner};
use crate::report::wire::{self, Asked, Made};

/// A report as a document.
pub(crate) struct Ordered {
    pub(crate) document: papers::Document,
    /// Of its template.
    pub(crate) code: String,
}

impl Api {
    /// The version of a template by which an organisation of the caller's scope prints.
    async fn by_what(
        &self,
        reading: &mut Reading,
        asked: &Asked,
    ) -> Result<(Version, Template, Indicators), Failure> {
        reads::organisation(reading, asked.organisation_id).await?;
        let version = match asked.template_version_id {
            Some(id) => certain(reading, asked.organisation_id, id).await?,
            None => of_code(reading, asked.organisation_id, asked.on(), &asked.template).await?,
        };
        let indicators = Indicators::read(reading, self.reference).await?;
        let template = wire::template_of(&indicators, &version)?;
        Ok((version, template, indicators))
    }

    /// Prints what is asked.
    async fn print(
        &self,
        reading: &mut Reading,
        asked: Asked,
    ) -> Result<(Version, Template, Printed), Failure> {
        let (version, template, indicators) = self.by_what(reading, &asked).await?;
        let order = asked.order(&template)?;
        let snapshot = self.columns.snapshot(reading).await?;
        let printed = print(reading, &snapshot, &indicators, &template, order).await?;
        Ok((version, template, printed))
    }

    /// Prints what is asked, as a document.
    pub(crate) async fn ordered(
        &self,
        reading: &mut Reading,
        asked: Asked,
        said: &Said,
    ) -> Result<Ordered, Failure> {
        let (head, on) = (asked.organisation_id, asked.on());
        let (version, template, printed) = self.print(reading, asked).await?;
        let above = superior(reading, head, on).await?;
        let document = document(&printed, &version, &template, said, above);
        Ok(Ordered { document, code: version.code })
    }
}

#[tonic::async_trait]
impl ReportService for Api {
    type RenderReportStream = BoxStream<'static, Result<HttpBody, Status>>;
    type DownloadPrintingStream = BoxStream<'static, Result<HttpBody, Status>>;

    async fn list_templates(
        &self,
        request: Request<ListTemplatesRequest>,
    ) -> Result<Response<ListTemplatesResponse>, Status> {
        let (call, _) = Call::read(request)?;
        let mut reading = self.database.read(&call).await?;
        let versions = in_force(&mut reading, None, today()).await?;
        let templates = versions.iter().map(wire::template).collect();
        Ok(reading.reply(ListTemplatesResponse { templates }))
    }

    async fn list_templates_in_force(
        &self,
        request: Request<ListTemplatesInForceRequest>,
    ) -> Result<Response<ListTemplatesInForceResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let versions = in_force(&mut reading, Some(organisation_id), today()).await?;
        let templates = versions.iter().map(wire::template).collect();
        Ok(reading.reply(ListTemplatesInForceResponse { templates }))
    }

    async fn get_template(
        &self,
        request: Request<GetTemplateRequest>,
    ) -> Result<Response<GetTemplateResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let version_id: Option<Uuid> =
            parse::optional_id("template_version_id", &asked.template_version_id)?;
        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let version = match version_id {
            Some(id) => certain(&mut reading, organisation_id, id).await?,
            None => of_code(&mut reading, organisation_id, today(), &asked.template).await?,
        };
        let versions = of_owner(&mut reading, version.owner_id, &version.code).await?;
        Ok(reading.reply(GetTemplateResponse {
            body: version.draft.as_ref().map(wire::body),
            version: Some(wire::version(&version)),
            versions: versions.iter().map(wire::version).collect(),
        }))
    }

    async fn set_template(
        &self,
        request: Request<SetTemplateRequest>,
    ) -> Result<Response<SetTemplateResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let mut reading = self.database.read(&call).await?;
        let indicators = Indicators::read(&mut reading, self.reference).await?;
        drop(reading);
        let act = wire::set_template(&indicators, asked)?;
        let made = Made {
            organisation_id: act.organisation_id,
            code: act.code.clone(),
            decision_id: act.decision_id,
            reason: act.reason.clone(),
        };
        let title = act.draft.title.clone();
        let acted = self.database.act(call, act).await?;
        Ok(acted
            .reply(|set| SetTemplateResponse { version: Some(made.version(&set, title, false)) }))
    }

    async fn withdraw_template(
        &self,
        request: Request<WithdrawTemplateRequest>,
    ) -> Result<Response<WithdrawTemplateResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::withdraw_template(asked)?;
        let made = Made {
            organisation_id: act.organisation_id,
            code: act.code.clone(),
            decision_id: act.decision_id,
            reason: act.reason.clone(),
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|(set, title)| WithdrawTemplateResponse {
            version: Some(made.version(&set, title, true)),
        }))
    }

    async fn print_report(
        &self,
        request: Request<PrintReportRequest>,
    ) -> Result<Response<PrintReportResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let asked = wire::asked(asked)?;
        let mut reading = self.database.read(&call).await?;
        let (version, _, report) = self.print(&mut reading, asked).await?;
        Ok(reading.reply(wire::printed(self.reference, &version, report)))
    }

    async fn render_report(
        &self,
        request: Request<RenderReportRequest>,
    ) -> Result<Response<Self::RenderReportStream>, Status> {
        let (call, asked) = Call::read(request)?;
        let form = wire::written(asked.format, asked.chart)?;
        let said = wire::said(asked.heading)?;
        let report = wire::asked(asked.report.ok_or_else(|| parse::required("report"))?)?;
        let Ordered { document, code } = {
            let mut reading = self.database.read(&call).await?;
            self.ordered(&mut reading, report, &said).await?
        };
        // It takes the processor long: nobody else waits for it.
        let written = tokio::task::spawn_blocking(move || form.of(&document)).await;
        let written = written.map_err(|error| Failure::from(anyhow::Error::new(error)))??;
        let pieces: Vec<Vec<u8>> = written.chunks(PIECE).map(<[u8]>::to_vec).collect();
        let bodies = pieces
            .into_iter()
            .enumerate()
            .map(move |(n, piece)| Ok(body(if n == 0 { form.content_type() } else { "" }, piece)));
        let name = format!("bao-cao-{code}.{}", form.ending());
        Ok(named(Response::new(stream::iter(bodies).boxed()), &name))
    }

    async fn print_reports(
        &self,
        request: Request<PrintReportsRequest>,
    ) -> Result<Response<PrintReportsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::print_reports(asked)?;
        // What is wrong with what all of them are printed by is told now, and not a thousand times.
        {
            let first = Asked {
                organisation_id: act.organisation_ids[0],
                period: act.period,
                as_of: act.as_of,
                template: act.template.clone(),
                template_version_id: None,
                parameters: act.parameters.clone(),
            };
            let mut reading = self.database.read(&call).await?;
            let (_, template, _) = self.by_what(&mut reading, &first).await?;
            first.order(&template)?;
        }
        let acted = self.database.act(call, act).await?;
        let reply = acted
            .reply(|asked| PrintReportsResponse { printing_id: asked.printing_id.to_string() });
        self.printings.notify_one();
        Ok(reply)
    }

    async fn get_printing(
        &self,
        request: Request<GetPrintingRequest>,
    ) -> Result<Response<GetPrintingResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let printing_id = parse::id("printing_id", &asked.printing_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = printings::get(&mut reading, &call.caller.principal(), printing_id).await?;
        Ok(reading.reply(GetPrintingResponse { printing: Some(wire::printing(found)) }))
    }

    async fn cancel_printing(
        &self,
        request: Request<CancelPrintingRequest>,
    ) -> Result<Response<CancelPrintingResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = CancelPrinting { printing_id: parse::id("printing_id", &asked.printing_id)? };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|cancelled| CancelPrintingResponse { state: i32::from(cancelled.state) }))
    }

    async fn download_printing(
        &self,
        request: Request<DownloadPrintingRequest>,
    ) -> Result<Response<Self::DownloadPrintingStream>, Status> {
        let (call, asked) = Call::read(request)?;
        let printing_id = parse::id("printing_id", &asked.printing_id)?;
        let fetching = Fetching::begin(&self.database, &call, printing_id).await?;
        let pieces = stream::try_unfold((fetching, true), |(mut fetching, first)| async move {
            let Some(piece) = fetching.piece().await? else { return Ok::<_, Failure>(None) };
            let body = body(if first { "application/zip" } else { "" }, piece);
            Ok(Some((body, (fetching, false))))
        });
        Ok(named(Response::new(pieces.map_err(Status::from).boxed()), "bao-cao.zip"))
    }
}

/// A piece of a file; the first says what all of it is.
fn body(content_type: &str, data: Vec<u8>) -> HttpBody {
    let content_type = content_type.to_string();
    HttpBody { content_type, data: data.into(), extensions: Vec::new() }
}

/// Says what the file of an answer is called.
fn named<T>(mut response: Response<T>, name: &str) -> Response<T> {
    let said = format!("attachment; filename=\"{name}\"");
    if let Ok(said) = MetadataValue::try_from(said) {
        response.metadata_mut().insert("content-disposition", said);
    }
    response
}
