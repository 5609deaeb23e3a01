//! `ImportService`, answered: lines taken in batch by batch, and what became of them.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chassis::access;
use chassis::call::Call;
use chassis::database::{Reading as Seen, count_anew, today};
use chassis::parse;
use chassis::refusal::{Failure, Status};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use proto::google::api::HttpBody;
use proto::membership::v1 as pb;
use proto::membership::v1::import_members_request::Header;
use sheets::Limits;
use tokio::sync::{Mutex, Semaphore};
use tonic::{Request, Response, Streaming};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::file;
use crate::ground::organisation;
use crate::ground::refused::Refused;
use crate::import::apply::{Applied, ApplyBatch};
use crate::import::judge::Earlier;
use crate::import::line::{self, Batch};
use crate::import::progress::{self, Import, Progress};
use crate::import::reading::{self, Reading, Source};
use crate::import::refused_lines::{self, RefusedLines};
use crate::import::rows;
use crate::import::spool::{Opened, Spool};
use crate::import::terms::Terms;
use crate::import::{lines, wire};

/// Lines of an import that takes nobody in, at most: what they would have done is remembered.
const JUDGED_MAX: i64 = 200_000;
/// A batch that crossed with others, for the same people or for a lock, is tried so often.
const TRIES: usize = 6;
/// Files are read at once, at most: of each, what its cells share is held.
static READING: Semaphore = Semaphore::const_new(2);
/// One batch is applied at a time, so that imports leave the connections for acts to others.
static APPLYING: Semaphore = Semaphore::const_new(1);

#[tonic::async_trait]
impl pb::import_service_server::ImportService for Api {
    type ExportRefusedLinesStream = BoxStream<'static, Result<HttpBody, Status>>;

    async fn import_members(
        &self,
        request: Request<Streaming<pb::ImportMembersRequest>>,
    ) -> Result<Response<pb::ImportMembersResponse>, Status> {
        let (opening, mut parts) = Call::stream(request);
        let header = reading::header(&mut parts).await?;
        let call = opening.write(&header)?;
        let terms = Arc::new(wire::terms(&header, today())?);
        self.may_import(&call, &terms).await?;
        let source = Source::Stream(Box::new(parts));
        let (reading, import) = self.import(&call, &header, terms, source).await?;
        Ok(reading.reply(pb::ImportMembersResponse { import: Some(import) }))
    }

    async fn import_file(
        &self,
        request: Request<Streaming<pb::ImportFileRequest>>,
    ) -> Result<Response<pb::ImportFileResponse>, Status> {
        let (opening, mut parts) = Call::stream(request);
        let first = parts.message().await?.unwrap_or_default();
        let header = first.header.ok_or_else(reading::misplaced)?;
        let call = opening.write(&header)?;
        let header = wire::header_of_file(header);
        let terms = Arc::new(wire::terms(&header, today())?);
        self.may_import(&call, &terms).await?;
        let file = self.take_in(first.file, parts).await?;
        // Files are understood few at a time: each takes some memory until it is read to its end.
        let place =
            tokio::time::timeout(call.remaining()?.unwrap_or(Duration::MAX), READING.acquire());
        let place = place.await.map_err(|_| chassis::refusal::deadline_exceeded())?;
        let _place = place.map_err(anyhow::Error::new).map_err(Failure::from)?;
        let (limits, language) = (self.file_limits(), refused_lines::language());
        let (file, remarks) = blocking(move || {
            let mut file = file;
            let remarks = rows::look(&mut file, limits, language);
            Ok((file, remarks))
        })
        .await?;
        let remarks = remarks?;
        let source = Source::File(rows::rows(file, limits));
        let (reading, import) = self.import(&call, &header, terms, source).await?;
        Ok(reading.reply(pb::ImportFileResponse { import: Some(import), remarks }))
    }

    async fn export_refused_lines(
        &self,
        request: Request<pb::ExportRefusedLinesRequest>,
    ) -> Result<Response<Self::ExportRefusedLinesStream>, Status> {
        let (call, asked) = Call::read(request)?;
        let import_id = parse::id("import_id", &asked.import_id)?;
        let format = file::format(asked.format)?;
        let import = Import { principal: call.caller.principal(), import_id };
        let key = {
            let mut reading = self.database.read(&call).await?;
            import.progress(&mut reading).await?.import_key
        };
        let (database, keys) = (self.database.clone(), self.keys.clone());
        let lines = RefusedLines::begin(database, keys, call, key, format).await?;
        let pieces = stream::try_unfold((lines, true), move |(mut lines, is_first)| async move {
            let Some(piece) = lines.piece().await? else { return Ok::<_, Failure>(None) };
            let piece = match is_first {
                true => file::first(format, piece),
                false => file::piece(piece),
            };
            Ok(Some((piece, (lines, false))))
        });
        let mut response = Response::new(pieces.map_err(Status::from).boxed());
        file::named(&mut response, "chua-nhan", format);
        Ok(response)
    }

    async fn get_import(
        &self,
        request: Request<pb::GetImportRequest>,
    ) -> Result<Response<pb::GetImportResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let import_id = parse::id("import_id", &asked.import_id)?;
        let import = Import { principal: call.caller.principal(), import_id };
        let mut reading = self.database.read(&call).await?;
        let progress = import.progress(&mut reading).await?;
        Ok(reading.reply(pb::GetImportResponse { import: Some(wire::import(progress)) }))
    }

    async fn list_import_lines(
        &self,
        request: Request<pb::ListImportLinesRequest>,
    ) -> Result<Response<pb::ListImportLinesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let import_id = parse::id("import_id", &asked.import_id)?;
        let outcomes = wire::outcomes(asked.outcome)?;
        let import = Import { principal: call.caller.principal(), import_id };
        let mut reading = self.database.read(&call).await?;
        let import = import.progress(&mut reading).await?.import_key;
        let found = lines::list(&mut reading, &self.keys, import, outcomes, &page).await?;
        let lines = found.rows.into_iter().map(wire::listed).collect::<Result<_, Failure>>()?;
        Ok(reading
            .reply(pb::ListImportLinesResponse { lines, next_page_token: found.next_page_token }))
    }
}

impl Api {
    /// Refuses whoever may take in nobody, or not into the union that all lines are of.
    async fn may_import(&self, call: &Call, terms: &Terms) -> Result<(), Failure> {
        let mut reading = self.database.read(call).await?;
        match terms.organisation_id {
            Some(union) => organisation::in_scope(&mut reading, union).await,
            None => access::refuse_unless_held(&mut reading).await,
        }
    }

    /// Takes in a file, as a whole: nothing of it is read before.
    async fn take_in(
        &self,
        first: Option<HttpBody>,
        mut parts: Streaming<pb::ImportFileRequest>,
    ) -> Result<Opened, Status> {
        let mut spool = blocking(Spool::empty).await?;
        let mut bytes = 0;
        let mut next = first;
        loop {
            if let Some(piece) = next {
                bytes += piece.data.len() as u64;
                if bytes > self.file_bytes {
                    let refused = Refused::FileRefused { fault: "FILE_TOO_LARGE", line: 0 };
                    return Err(refused.refusal().into());
                }
                spool = blocking(move || {
                    spool.push(&piece.data)?;
                    Ok(spool)
                })
                .await?;
            }
            let Some(part) = parts.message().await? else { break };
            if part.header.is_some() {
                return Err(reading::misplaced());
            }
            next = part.file;
        }
        Ok(blocking(move || spool.whole()).await?)
    }

    fn file_limits(&self) -> Limits {
        Limits { file_bytes: self.file_bytes, ..Limits::default() }
    }

    /// Begins an import, or goes on with it, as far as its source brings lines; answers how far it
    /// has come, as whoever reads it now has seen it.
    async fn import(
        &self,
        call: &Call,
        header: &Header,
        terms: Arc<Terms>,
        source: Source,
    ) -> Result<(Seen, pb::Import), Status> {
        let import = Import {
            principal: call.caller.principal(),
            import_id: parse::id("header.request_id", &header.request_id)?,
        };
        progress::drop_forgotten(self.database.pool()).await?;
        let digest = digest(&SHA256, &wire::lasting(header));
        let begun = import.begin(self.database.pool(), &terms, digest.as_ref()).await?;
        let last_act = self.go_on(call, &import, begun, header, terms, source).await?;
        let mut reading = self.database.read(call).await?;
        let progress = import.progress(&mut reading).await?;
        if let Some(act_id) = last_act {
            reading.has_seen_act(act_id).await?;
        }
        Ok((reading, wire::import(progress)))
    }

    /// Goes on with an import as far as its source brings lines; answers the act that applied the
    /// last of them.
    async fn go_on(
        &self,
        call: &Call,
        import: &Import,
        begun: Progress,
        header: &Header,
        terms: Arc<Terms>,
        source: Source,
    ) -> Result<Option<Uuid>, Status> {
        let first_line = header.first_line.max(0);
        if first_line > begun.lines_done {
            let lines_done = usize::try_from(begun.lines_done).unwrap_or(usize::MAX);
            return Err(Refused::ImportLinesMissing { lines_done }.refusal().into());
        }
        let mut reading = Reading::of(source, first_line);
        self.pass_over(import, &begun, &mut reading).await?;
        let key = begun.import_key;
        let earlier = Arc::new(Mutex::new(Earlier::default()));
        let mut last_act = None;
        let mut batch = self.next_batch(&mut reading, &terms).await?;
        while let Some(ready) = batch {
            if begun.finished {
                return Err(import.another().into());
            }
            let apply = ApplyBatch {
                call: call.clone(),
                quota: self.quota.clone(),
                keys: self.keys.clone(),
                import: key,
                terms: terms.clone(),
                batch: Arc::new(ready),
                earlier: earlier.clone(),
            };
            // While it is applied, the next one is taken in.
            let (applied, next) =
                tokio::join!(self.apply(call, apply), self.next_batch(&mut reading, &terms));
            last_act = Some(applied?.act_id);
            batch = next?;
        }
        if !header.continues {
            progress::finish(self.database.pool(), key, reading.next).await?;
            count_anew(self.database.pool()).await;
        }
        Ok(last_act)
    }

    /// Passes over the lines that are done, and refuses others in their place.
    async fn pass_over(
        &self,
        import: &Import,
        begun: &Progress,
        reading: &mut Reading,
    ) -> Result<(), Status> {
        let done = progress::done(self.database.pool(), begun.import_key, reading.next).await?;
        for batch in done {
            let whole = reading.next == batch.first_line;
            let left = batch.first_line + i64::from(batch.lines) - reading.next;
            let left = usize::try_from(left).unwrap_or_default();
            let lines = reading.take(left).await?;
            if lines.len() < left {
                break;
            }
            if whole {
                let digest = blocking(move || Ok(line::digest(&lines))).await?;
                if digest != batch.digest {
                    return Err(import.another().into());
                }
            }
        }
        Ok(())
    }

    /// Takes in the lines of a batch and prepares them, off the async workers.
    async fn next_batch(
        &self,
        reading: &mut Reading,
        terms: &Arc<Terms>,
    ) -> Result<Option<Batch>, Status> {
        let first_line = reading.next;
        let lines = reading.batch(self.batch_lines).await?;
        if lines.is_empty() {
            return Ok(None);
        }
        if terms.validate_only && reading.next > JUDGED_MAX {
            let limit = usize::try_from(JUDGED_MAX).unwrap_or_default();
            return Err(parse::at_most("lines", limit + 1, limit)
                .err()
                .map_or_else(|| Status::internal("internal error"), Status::from));
        }
        let (terms, keys, today) = (terms.clone(), self.keys.clone(), today());
        let batch =
            blocking(move || line::prepare(first_line, lines, &terms, &keys, today)).await?;
        Ok(Some(batch))
    }

    /// Applies a batch; where it crossed with somebody else's act, again.
    async fn apply(&self, call: &Call, apply: ApplyBatch) -> Result<Applied, Failure> {
        let _place = APPLYING.acquire().await.map_err(anyhow::Error::new)?;
        let mut tries = 1;
        loop {
            call.remaining()?;
            let act = apply.clone();
            let applied = self.database.work(call.caller.clone(), &call.permission, act).await;
            match applied {
                Ok(applied) if applied.crossed => {
                    return Err(chassis::refusal::conflicting_act().into());
                }
                Ok(applied) => return Ok(applied),
                Err(failure) if tries < TRIES && crossed(&failure) => tries += 1,
                Err(failure) => return Err(failure),
            }
        }
    }
}

/// Somebody else wrote the same people at the same time, or held what this act waited for.
fn crossed(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(refusal) => refusal.reason() == "CONFLICTING_ACT",
        Failure::Failed(cause) => matches!(
            cause.downcast_ref::<sqlx::Error>(),
            Some(sqlx::Error::Database(error)) if matches!(
                error.constraint(),
                Some("identity_number_taken" | "membership_one_at_a_time")
            )
        ),
    }
}

/// Does what takes the processor long where nobody else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::new)?;
    Ok(done?)
}
