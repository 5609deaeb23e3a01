//! Loads, taken in message by message and answered as a whole.

use chassis::call::{Call, Content};
use chassis::database::count_anew;
use chassis::parse;
use prost::Message;
use proto::registry::v1 as pb;
use proto::registry::v1::load_organisations_request::{Header, Part};
use tokio::task::yield_now;
use tonic::{Code, Request, Response, Status, Streaming};

use crate::ground::api::Api;
use crate::ground::refused::Refused;
use crate::ground::wire::basis::optional_basis;
use crate::organisation::load::bad_lines::refuse_the_unauthorised;
use crate::organisation::load::line::Line;
use crate::organisation::load::parts::{self as load_parts, Load};
use crate::organisation::load::{LoadOrganisations, wire};

/// Lines of one load, at most.
const LINES_MAX: usize = 200_000;
/// Lines of one message of a load, at most.
const MESSAGE_LINES_MAX: usize = 1_000;
/// The method by whose answer a load is known to be done.
const LOAD_ORGANISATIONS: &str = "/congdoan.registry.v1.OrganisationService/LoadOrganisations";

impl Api {
    /// Keeps the lines of a stream, then loads all that are kept.
    pub(crate) async fn load(
        &self,
        request: Request<Streaming<pb::LoadOrganisationsRequest>>,
    ) -> Result<Response<pb::LoadOrganisationsResponse>, Status> {
        let (opening, mut parts) = Call::stream(request);
        let header = header(&mut parts).await?;
        let call = opening.write(&header)?;
        let load_id = parse::id("header.request_id", &header.request_id)?;
        refuse_the_unauthorised(&mut *self.database.read(&call).await?).await?;
        load_parts::drop_forgotten(self.database.pool()).await?;

        let load = Load { principal: call.caller.principal(), load_id };
        let mut content = call.content();
        content.add(&header.basis.as_ref().map(Message::encode_to_vec).unwrap_or_default());
        let first_line = usize::try_from(header.first_line).unwrap_or_default();
        let lines = self.kept_lines(&load, first_line, &mut content).await?;
        let lines = self.keep(&load, lines, &mut parts, &mut content).await?;
        let answer = self.load_lines(call, content, header, lines).await;
        // What the load may yet go on with is left; all other answers are final.
        let under_way = answer.as_ref().is_err_and(|status| {
            matches!(
                status.code(),
                Code::Unavailable
                    | Code::DeadlineExceeded
                    | Code::Aborted
                    | Code::Internal
                    | Code::Unknown
            )
        });
        if !under_way {
            load.drop_kept(self.database.pool()).await?;
        }
        answer
    }

    /// What the load has already, where it is gone on with.
    async fn kept_lines(
        &self,
        load: &Load,
        until: usize,
        content: &mut Content,
    ) -> Result<Vec<Line>, Status> {
        let mut lines = Vec::new();
        if until > 0 {
            for kept in load.kept(self.database.pool(), until).await? {
                content.add(&kept.content);
                lines.extend(wire::lines_kept(&kept)?);
                yield_now().await;
            }
        }
        Ok(lines)
    }

    /// Keeps what comes; answers all lines of the load.
    async fn keep(
        &self,
        load: &Load,
        mut lines: Vec<Line>,
        parts: &mut Streaming<pb::LoadOrganisationsRequest>,
        content: &mut Content,
    ) -> Result<Vec<Line>, Status> {
        let mut taken = take(parts, lines.len()).await?;
        while let Some((more, kept)) = taken {
            let (first, count) = (lines.len(), more.len());
            content.add(&kept);
            lines.extend(more);
            // The next ones are taken in while these are written down.
            let (kept, next) = tokio::join!(
                load.keep(self.database.pool(), first, count, &kept),
                take(parts, lines.len())
            );
            kept?;
            taken = next?;
        }
        if lines.is_empty() {
            return Err(Refused::LinesEmpty.at("lines").into());
        }
        Ok(lines)
    }

    async fn load_lines(
        &self,
        mut call: Call,
        content: Content,
        header: Header,
        lines: Vec<Line>,
    ) -> Result<Response<pb::LoadOrganisationsResponse>, Status> {
        call.content_is(content);
        let act = LoadOrganisations { lines, basis: optional_basis(header.basis)? };
        let acted = self.database.act(call, act).await?;
        count_anew(self.database.pool()).await;
        Ok(acted.reply(wire::loaded))
    }

    /// How far a load of the caller's own has come.
    pub(crate) async fn load_progress(
        &self,
        request: Request<pb::GetLoadRequest>,
    ) -> Result<Response<pb::GetLoadResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let load_id = parse::id("load_id", &request.load_id)?;
        let load = Load { principal: call.caller.principal(), load_id };
        let mut reading = self.database.read(&call).await?;
        refuse_the_unauthorised(&mut reading).await?;
        let progress = load.progress(&mut reading, LOAD_ORGANISATIONS).await?;
        Ok(reading.reply(wire::progress(progress)))
    }
}

/// The next lines of a stream, the first of them with the number `first`, and as they are kept: a
/// line that cannot be read is refused before it is kept.
async fn take(
    parts: &mut Streaming<pb::LoadOrganisationsRequest>,
    first: usize,
) -> Result<Option<(Vec<Line>, Vec<u8>)>, Status> {
    while let Some(message) = parts.message().await? {
        let Some(Part::Lines(more)) = message.part else { return Err(misplaced()) };
        let count = more.lines.len();
        parse::at_most("lines", count, MESSAGE_LINES_MAX)?;
        if count == 0 {
            continue;
        }
        if first + count > LINES_MAX {
            return Err(Refused::TooManyLines { limit: LINES_MAX }.at("lines").into());
        }
        let kept = wire::kept(&more.lines);
        return Ok(Some((wire::lines(first, more.lines)?, kept)));
    }
    Ok(None)
}

/// The first message.
async fn header(parts: &mut Streaming<pb::LoadOrganisationsRequest>) -> Result<Header, Status> {
    match parts.message().await?.and_then(|message| message.part) {
        Some(Part::Header(header)) => Ok(header),
        _ => Err(misplaced()),
    }
}

fn misplaced() -> Status {
    Refused::LoadHeaderMissing.at("header").into()
}
