//! ClosingService.

use chassis::call::Call;
use chassis::database::today;
use chassis::parse;
use proto::reporting::v1::closing_service_server::ClosingService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::closing::chain::verify;
use crate::closing::close_period::ClosePeriod;
use crate::closing::closings::{all_cells, cells, closing, closings};
use crate::closing::differences::differences;
use crate::closing::frozen::{frozen, indicators, of_codes, refuse_unsettled};
use crate::closing::revise_closing::ReviseClosing;
use crate::closing::wire;
use crate::ground::api::Api;
use crate::ground::refused::Refused;
use crate::ground::{reading as reads, wire as ground};

/// Characters of a reason.
const REASON_MAX: usize = 1_000;

#[tonic::async_trait]
impl ClosingService for Api {
    async fn close_period(
        &self,
        request: Request<ClosePeriodRequest>,
    ) -> Result<Response<ClosePeriodResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let period = ground::period(asked.period)?;
        let indicators = indicators(self.reference, &asked.indicators)?;
        let decision_id = parse::optional_id("decision_id", &asked.decision_id)?;
        if period.through >= today() {
            return Err(Refused::ClosingPremature { through: period.through }.into());
        }
        let of = (organisation_id, period);
        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
        refuse_unsettled(&mut reading, &snapshot, self.reference, of).await?;
        let frozen = frozen(&mut reading, &snapshot, self.reference, of, &indicators).await?;
        drop(reading);
        let keys = self.closing_keys.clone();
        let act = ClosePeriod { keys, organisation_id, period, frozen, decision_id };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|closed| ClosePeriodResponse {
            closing_id: closed.closing_id.to_string(),
            digest: closed.digest,
        }))
    }

    async fn revise_closing(
        &self,
        request: Request<ReviseClosingRequest>,
    ) -> Result<Response<ReviseClosingResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let closing_id = parse::id("closing_id", &asked.closing_id)?;
        let reason = parse::text("reason", &asked.reason, REASON_MAX)?;
        let decision_id = parse::optional_id("decision_id", &asked.decision_id)?;
        let mut reading = self.database.read(&call).await?;
        let closing = closing(&mut reading, closing_id).await?;
        let of = (closing.organisation_id, closing.period);
        let snapshot = self.columns.snapshot(&mut reading).await?;
        refuse_unsettled(&mut reading, &snapshot, self.reference, of).await?;
        let indicators = of_codes(self.reference, &closing.indicators);
        let frozen = frozen(&mut reading, &snapshot, self.reference, of, &indicators).await?;
        drop(reading);
        let keys = self.closing_keys.clone();
        let act = ReviseClosing { keys, closing, frozen, reason, decision_id };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|revised| ReviseClosingResponse {
            closing_id: revised.closing_id.to_string(),
            revision: revised.revision,
            digest: revised.digest,
            differing: revised.differing,
        }))
    }

    async fn get_closing(
        &self,
        request: Request<GetClosingRequest>,
    ) -> Result<Response<GetClosingResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let closing_id = parse::id("closing_id", &asked.closing_id)?;

        let mut reading = self.database.read(&call).await?;
        let found = closing(&mut reading, closing_id).await?;
        Ok(reading.reply(GetClosingResponse { closing: Some(wire::closing(&found)) }))
    }

    async fn list_closings(
        &self,
        request: Request<ListClosingsRequest>,
    ) -> Result<Response<ListClosingsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<Uuid> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let rows = closings(&mut reading, organisation_id, after, page.limit()).await?;
        let page = page.page(rows, |last| last.closing_id)?;
        Ok(reading.reply(ListClosingsResponse {
            closings: page.rows.iter().map(wire::closing).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn list_closing_cells(
        &self,
        request: Request<ListClosingCellsRequest>,
    ) -> Result<Response<ListClosingCellsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<i32> = page.after()?;
        let closing_id = parse::id("closing_id", &asked.closing_id)?;

        let mut reading = self.database.read(&call).await?;
        closing(&mut reading, closing_id).await?;
        let after = after.unwrap_or_default();
        let rows = cells(&mut reading, closing_id, after, page.limit()).await?;
        let page = page.page(rows, |(place, _)| *place)?;
        Ok(reading.reply(ListClosingCellsResponse {
            cells: page.rows.iter().map(wire::cell).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn list_closing_differences(
        &self,
        request: Request<ListClosingDifferencesRequest>,
    ) -> Result<Response<ListClosingDifferencesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<(String, String)> = page.after()?;
        let closing_id = parse::id("closing_id", &asked.closing_id)?;
        let other_id = parse::optional_id("other_closing_id", &asked.other_closing_id)?;

        let mut reading = self.database.read(&call).await?;
        let found = closing(&mut reading, closing_id).await?;
        let of = (found.organisation_id, found.period);
        let other = match other_id {
            Some(other_id) => {
                let other = closing(&mut reading, other_id).await?;
                if (other.organisation_id, other.period) != of {
                    let (field, closing_id) = ("other_closing_id", other_id);
                    return Err(Refused::OtherClosingUnknown { field, closing_id }.into());
                }
                all_cells(&mut reading, other_id).await?
            }
            None => {
                let snapshot = self.columns.snapshot(&mut reading).await?;
                let indicators = of_codes(self.reference, &found.indicators);
                let reference = self.reference;
                frozen(&mut reading, &snapshot, reference, of, &indicators).await?.cells
            }
        };
        let closed = all_cells(&mut reading, closing_id).await?;
        let rows = differences(&closed, &other).into_iter().filter(|one| {
            let place = (&one.indicator, &one.line);
            after.as_ref().is_none_or(|(indicator, line)| place > (indicator, line))
        });
        let most = usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let page = page
            .page(rows.take(most).collect(), |last| (last.indicator.clone(), last.line.clone()))?;
        Ok(reading.reply(ListClosingDifferencesResponse {
            differences: page.rows.iter().map(wire::difference).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn verify_closing(
        &self,
        request: Request<VerifyClosingRequest>,
    ) -> Result<Response<VerifyClosingResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let closing_id = parse::id("closing_id", &asked.closing_id)?;

        let mut reading = self.database.read(&call).await?;
        let found = closing(&mut reading, closing_id).await?;
        let cells = all_cells(&mut reading, closing_id).await?;
        let keys = self.closing_keys.published();
        let (header, digest) = (found.header(), &found.digest);
        let verified = verify(&header, cells.iter(), digest, &found.signed, &keys);
        Ok(reading.reply(wire::verified(verified)))
    }

    async fn list_closing_keys(
        &self,
        _: Request<ListClosingKeysRequest>,
    ) -> Result<Response<ListClosingKeysResponse>, Status> {
        let keys = self.closing_keys.published().into_iter().map(wire::key).collect();
        Ok(Response::new(ListClosingKeysResponse { keys }))
    }
}
