//! FigureService.

use anyhow::Context;
use chassis::call::Call;
use chassis::parse;
use chassis::refusal::Failure;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use proto::reporting::v1::figure_service_server::FigureService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::figure::asking::{INDICATORS_MAX, codes, tabulation};
use crate::figure::explain::{Asked, explain};
use crate::figure::table::table;
use crate::figure::tabulated::messages;
use crate::figure::wire::{book, calendars, explained_unit, sector_groupings};
use crate::ground::api::Api;
use crate::ground::figure::book::Books;
use crate::ground::figure::{By, Counting, Scope, heads_of};
use crate::ground::refused::Refused;
use crate::ground::{indicators, reading as reads, wire};

/// Lines of all figures of one answer.
const LINES_MAX: usize = 20_000;

#[tonic::async_trait]
impl FigureService for Api {
    type TabulateFiguresStream = BoxStream<'static, Result<TabulateFiguresResponse, Status>>;

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

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, scope.head).await?;
        let on = period.through;
        let indicators =
            indicators::named(&mut reading, self.reference, &asked.indicators, on, line).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
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

        let mut reading = self.database.read(&call).await?;
        let (codes, on) = (&request.indicators, tabulation.last_day());
        let indicators = indicators::named(&mut reading, self.reference, codes, on, line).await?;
        tabulation.asked.indicators = indicators;
        let snapshot = self.columns.snapshot(&mut reading).await?;
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
        wire::sector_group(self.reference, &asked.sector_grouping, &asked.sector_group)?;
        let scope = Scope {
            head: parse::id("organisation_id", &asked.organisation_id)?,
            as_of: wire::tree(asked.tree)?,
            by: By::Unit,
            grouping: asked.sector_grouping,
            group: asked.sector_group,
            direct_only: asked.direct_only,
            without_suspended: asked.without_suspended,
        };
        let period = wire::period(asked.period)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, scope.head).await?;
        let (codes, field) = ([asked.indicator], |_| "indicator".to_string());
        let (on, reference) = (period.through, self.reference);
        let named = indicators::named(&mut reading, reference, &codes, on, field).await?;
        let indicator = named.first().context("one indicator is named").map_err(Failure::from)?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
        let asked = Asked { scope, period, indicator };
        let explanation =
            explain(&mut reading, &snapshot, self.reference, asked, after, page.size).await?;
        let next_page_token = page.token_after(explanation.next.as_ref())?;
        let figure = wire::figure(self.reference, &explanation.figure, &Default::default());
        Ok(reading.reply(ExplainFigureResponse {
            figure: Some(figure),
            units: explanation.units.into_iter().map(explained_unit).collect(),
            next_page_token,
        }))
    }

    async fn get_book(
        &self,
        request: Request<GetBookRequest>,
    ) -> Result<Response<GetBookResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let head = parse::id("organisation_id", &asked.organisation_id)?;
        let period = wire::period(asked.period)?;
        let as_of = wire::tree(asked.tree)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
        let books =
            Books::read(&mut reading, &snapshot, self.reference, head, as_of, period).await?;
        warn_if_unbalanced(&books);
        Ok(reading.reply(GetBookResponse {
            members: Some(book(books.members)),
            unions: Some(book(books.unions)),
        }))
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
