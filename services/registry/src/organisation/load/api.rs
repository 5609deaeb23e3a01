//! Loads, taken in message by message and answered as a whole.

use chassis::call::Call;
use chassis::parse;
use prost::Message;
use proto::registry::v1 as pb;
use proto::registry::v1::load_organisations_request::{Header, Part};
use tonic::{Code, Request, Response, Status, Streaming};

use crate::ground::api::Api;
use crate::ground::refused::Refused;
use crate::ground::wire::basis::optional_basis;
use crate::organisation::load::bad_lines::refuse_the_unauthorised;
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
        let first_line = usize::try_from(header.first_line).unwrap_or_default();
        let lines = self.keep(&load, first_line, &mut parts).await?;
        let answer = self.load_kept(call, &load, header, lines).await;
        // What the load may yet go on with is left; all other answers are final.
        let under_way = answer.as_ref().is_err_and(|status| {
            matches!(
                status.code(),
                Code::Unavailable | Code::DeadlineExceeded | Code::Internal | Code::Unknown
            )
        });
        if !under_way {
            load.drop_kept(self.database.pool()).await?;
        }
        answer
    }

    /// Keeps what comes; answers how many lines the load has then.
    async fn keep(
        &self,
        load: &Load,
        first_line: usize,
        parts: &mut Streaming<pb::LoadOrganisationsRequest>,
    ) -> Result<usize, Status> {
        let mut next = first_line;
        let mut taken = take(parts, next).await?;
        while let Some((lines, content)) = taken {
            let first = next;
            next += lines;
            // The next ones are taken in while these are written down.
            let (kept, more) = tokio::join!(
                load.keep(self.database.pool(), first, lines, &content),
                take(parts, next)
            );
            kept?;
            taken = more?;
        }
        if next == 0 {
            return Err(Refused::LinesEmpty.at("lines").into());
        }
        Ok(next)
    }

    async fn load_kept(
        &self,
        mut call: Call,
        load: &Load,
        header: Header,
        lines: usize,
    ) -> Result<Response<pb::LoadOrganisationsResponse>, Status> {
        let kept = load.kept(self.database.pool(), lines).await?;
        let mut content = header.basis.as_ref().map(Message::encode_to_vec).unwrap_or_default();
        content.extend(&kept);
        call.digest_of(&content);
        drop(content);
        let lines = wire::lines_kept(&kept)?;
        drop(kept);
        let act = LoadOrganisations { lines, basis: optional_basis(header.basis)? };
        Ok(self.database.act(call, act).await?.reply(wire::loaded))
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

/// The next lines of a stream, the first of them with the number `first`: how many, and as they are
/// kept.
async fn take(
    parts: &mut Streaming<pb::LoadOrganisationsRequest>,
    first: usize,
) -> Result<Option<(usize, Vec<u8>)>, Status> {
    while let Some(message) = parts.message().await? {
        let Some(Part::Lines(more)) = message.part else { return Err(misplaced()) };
        let lines = more.lines.len();
        parse::at_most("lines", lines, MESSAGE_LINES_MAX)?;
        if lines == 0 {
            continue;
        }
        if first + lines > LINES_MAX {
            return Err(Refused::TooManyLines { limit: LINES_MAX }.at("lines").into());
        }
        let content = wire::kept(&more.lines);
        // What is kept can be read: a line that cannot is refused before it is kept.
        wire::lines(first, more.lines)?;
        return Ok(Some((lines, content)));
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
