//! FigureService.

use anyhow::Context;
use chassis::call::Call;
use chassis::database::Reading;
use chassis::parse;
use chassis::refusal::{Failure, Refusal, overloaded};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use proto::reporting::v1::figure_service_server::FigureService;
use proto::reporting::v1::*;
use time::OffsetDateTime;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::figure::asking::{INDICATORS_MAX, codes, tabulation};
use crate::figure::explain::{Asked, Explained};
use crate::figure::table::table;
use crate::figure::tabulated::messages;
use crate::figure::wire::{book, calendars, explained_unit, sector_groupings, whole};
use crate::ground::api::Api;
use crate::ground::figure::book::Books;
use crate::ground::figure::{By, Counting, Scope, heads_of};
use crate::ground::period::Period;
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::ground::{indicators, reading as reads, wire};

/// Lines of all figures of one answer.
const LINES_MAX: usize = 20_000;

#[tonic::async_trait]
impl FigureService for Api {
    type TabulateFiguresStream = BoxStream<'static, Result<TabulateFiguresResponse, Status>>;
    type ExplainWholeFigureStream = BoxStream<'static, Result<ExplainWholeFigureResponse, Status>>;

    async fn list_indicators(
        &self,
        request: Request<ListIndicatorsRequest>,
    ) -> Result<Response<ListIndicatorsResponse>, Status> {
        let (call, _) = Call::read(request)?;
        let mut reading = self.database.read(&call).await?;
        let loaded = indicators::loaded(&mut reading, self.reference).await?;
        let all = self.reference.indicators().iter().chain(&loaded);
        let response = ListIndicatorsResponse {
            indicators: all.map(|one| wire::indicator_out(self.reference, one)).collect(),
            sector_groupings: sector_groupings(self.reference),
            calendars: calendars(self.reference),
        };
        Ok(reading.reply(response))
    }

    async fn query_figures(
        &self,
        request: Request<QueryFiguresRequest>,
    ) -> Result<Response<QueryFiguresResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let breakdown = asked.breakdown();
        if asked.indicators.is_empty() {
            return Err(Refused::ListEmpty { field: "indicators" }.into());
        }
        if asked.indicators.len() > INDICATORS_MAX {
            return Err(Refused::ListTooLong {
                field: "indicators",
                entries: asked.indicators.len(),
                limit: INDICATORS_MAX,
            }
            .into());
        }
        wire::sector_group(self.reference, &asked.sector_grouping, &asked.sector_group)?;
        let scope = Scope {
            head: parse::id("organisation_id", &asked.organisation_id)?,
            as_of: wire::tree(asked.tree)?,
            by: wire::by(self.reference, breakdown, &asked.sector_grouping)?,
            grouping: asked.sector_grouping,
            group: asked.sector_group,
            direct_only: asked.direct_only,
            without_suspended: asked.without_suspended,
        };
        let period = wire::period(asked.period)?;
        let known_at = wire::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, scope.head).await?;
        let on = period.through;
        let indicators =
            indicators::named(&mut reading, self.reference, &asked.indicators, on, line).await?;
        wire::breakdowns_of(&indicators, [scope.by, By::Nothing], line)?;
        let snapshot = self.columns.snapshot(&mut reading).await?.known_at(known_at).await?;
        let mut counted = Vec::with_capacity(indicators.len());
        let mut counting = Counting::new(&mut reading, &snapshot, self.reference, scope, period);
        for indicator in &indicators {
            counted.push(counting.figure(indicator).await?);
        }
        // Lines sum to their figure, so that none may be left off.
        let lines: usize = counted.iter().map(|figure| figure.value.lines.len()).sum();
        if lines > LINES_MAX {
            let too_long =
                Refused::ListTooLong { field: "indicators", entries: lines, limit: LINES_MAX };
            return Err(too_long.into());
        }
        let names = heads_of(&mut reading, &counted).await?;
        let figures = wire::figures(self.reference, &counted, &names);
        Ok(reading.reply(QueryFiguresResponse { figures }))
    }

    async fn tabulate_figures(
        &self,
        request: Request<TabulateFiguresRequest>,
    ) -> Result<Response<Self::TabulateFiguresStream>, Status> {
        let (call, request) = Call::read(request)?;
        codes(&request.indicators)?;
        let mut tabulation = tabulation(self.reference, &request)?;
        let known_at = wire::known_at(request.known_at)?;

        let mut reading = self.database.read(&call).await?;
        let (codes, on) = (&request.indicators, tabulation.last_day());
        let indicators = indicators::named(&mut reading, self.reference, codes, on, line).await?;
        let asked = &tabulation.asked;
        wire::breakdowns_of(&indicators, [asked.scope.by, asked.across], line)?;
        tabulation.asked.indicators = indicators;
        let snapshot = self.columns.snapshot(&mut reading).await?.known_at(known_at).await?;
        let table = table(&mut reading, &snapshot, self.reference, &tabulation.asked).await?;
        // Whoever reads slowly holds what was counted, and no connection.
        let messages = messages(self.reference, tabulation, table).map(Ok);
        Ok(reading.reply(stream::iter(messages).boxed()))
    }

    async fn explain_figure(
        &self,
        request: Request<ExplainFigureRequest>,
    ) -> Result<Response<ExplainFigureResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<Uuid> = page.after()?;
        let asked = ExplainWholeFigureRequest {
            indicator: asked.indicator,
            organisation_id: asked.organisation_id,
            period: asked.period,
            tree: asked.tree,
            sector_grouping: asked.sector_grouping,
            sector_group: asked.sector_group,
            without_suspended: asked.without_suspended,
            direct_only: asked.direct_only,
            known_at: asked.known_at,
        };
        let asked = Question::parse(self.reference, asked)?;

        let mut reading = self.database.read(&call).await?;
        let explained = self.explained(&mut reading, asked).await?;
        let (units, next) = explained.page(&mut reading, after, page.size).await?;
        let next_page_token = page.token_after(next.as_ref())?;
        let figure = wire::figure(self.reference, &explained.figure, &Default::default());
        Ok(reading.reply(ExplainFigureResponse {
            figure: Some(figure),
            units: units.into_iter().map(explained_unit).collect(),
            next_page_token,
        }))
    }

    async fn explain_whole_figure(
        &self,
        request: Request<ExplainWholeFigureRequest>,
    ) -> Result<Response<Self::ExplainWholeFigureStream>, Status> {
        let (call, asked) = Call::read(request)?;
        let asked = Question::parse(self.reference, asked)?;
        let telling = self.explaining.clone().try_acquire_owned().map_err(|_| overloaded())?;

        let mut reading = self.database.read(&call).await?;
        let explained = self.explained(&mut reading, asked).await?;
        let figure = wire::figure(self.reference, &explained.figure, &Default::default());
        let first = ExplainWholeFigureResponse { figure: Some(figure), ..Default::default() };
        let facts = explained.facts().await?;
        let replying = reading.replying();
        let rest = stream::try_unfold(
            (reading, explained, facts, 0, telling),
            |(mut reading, explained, facts, from, telling)| async move {
                let Some(which) = explained.next(&facts, from) else {
                    return Ok::<_, Failure>(None);
                };
                let until = which.end;
                let units = explained.told(&mut reading, which).await?;
                Ok(Some((whole(units), (reading, explained, facts, until, telling))))
            },
        );
        let rest =
            rest.map_ok(|messages| stream::iter(messages).map(Ok::<_, Failure>)).try_flatten();
        let all = stream::once(async { Ok(first) }).chain(rest).map_err(Status::from);
        Ok(replying.with(all.boxed()))
    }

    async fn get_book(
        &self,
        request: Request<GetBookRequest>,
    ) -> Result<Response<GetBookResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let head = parse::id("organisation_id", &asked.organisation_id)?;
        let period = wire::period(asked.period)?;
        let as_of = wire::tree(asked.tree)?;
        let known_at = wire::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?.known_at(known_at).await?;
        let books =
            Books::read(&mut reading, &snapshot, self.reference, head, as_of, period).await?;
        warn_if_unbalanced(&books);
        Ok(reading.reply(GetBookResponse {
            members: Some(book(books.members)),
            unions: Some(book(books.unions)),
        }))
    }
}

/// Which figure is to be explained, parsed.
struct Question {
    scope: Scope,
    period: Period,
    indicator: String,
    known_at: Option<OffsetDateTime>,
}

impl Question {
    fn parse(
        reference: &'static Reference,
        asked: ExplainWholeFigureRequest,
    ) -> Result<Self, Refusal> {
        wire::sector_group(reference, &asked.sector_grouping, &asked.sector_group)?;
        let scope = Scope {
            head: parse::id("organisation_id", &asked.organisation_id)?,
            as_of: wire::tree(asked.tree)?,
            by: By::Unit,
            grouping: asked.sector_grouping,
            group: asked.sector_group,
            direct_only: asked.direct_only,
            without_suspended: asked.without_suspended,
        };
        let (period, known_at) = (wire::period(asked.period)?, wire::known_at(asked.known_at)?);
        Ok(Self { scope, period, indicator: asked.indicator, known_at })
    }
}

impl Api {
    /// The figure that is to be explained, counted.
    async fn explained(
        &self,
        reading: &mut Reading,
        Question { scope, period, indicator, known_at }: Question,
    ) -> Result<Explained, Failure> {
        reads::organisation(reading, scope.head).await?;
        let (codes, field) = ([indicator], |_| "indicator".to_string());
        let (on, reference) = (period.through, self.reference);
        let named = indicators::named(reading, reference, &codes, on, field).await?;
        let indicator = named.into_iter().next().context("one indicator is named")?;
        let snapshot = self.columns.snapshot(reading).await?.known_at(known_at).await?;
        let asked = Asked { scope, period, indicator };
        Explained::count(reading, &snapshot, reference, asked).await
    }
}

/// Where an indicator of a list stands.
fn line(line: usize) -> String {
    format!("indicators[{line}]")
}

/// A book that does not balance is somebody's mistake, and ours until shown otherwise.
fn warn_if_unbalanced(books: &Books) {
    if let Err(refused) = books.balanced() {
        let cause = Failure::from(refused);
        tracing::warn!(%cause, "a book does not balance");
    }
}
