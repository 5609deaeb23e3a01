//! `TransferOfferService`, answered: parse, act or read, reply.

use chassis::call::Call;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::transfer_offer::{offers, wire};

#[tonic::async_trait]
impl pb::transfer_offer_service_server::TransferOfferService for Api {
    async fn offer_transfer(
        &self,
        request: Request<pb::OfferTransferRequest>,
    ) -> Result<Response<pb::OfferTransferResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::offer_transfer(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::offered))
    }

    async fn accept_transfer(
        &self,
        request: Request<pb::AcceptTransferRequest>,
    ) -> Result<Response<pb::AcceptTransferResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::accept_transfer(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::accepted))
    }

    async fn decline_transfer(
        &self,
        request: Request<pb::DeclineTransferRequest>,
    ) -> Result<Response<pb::DeclineTransferResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::decline_transfer(&asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::declined))
    }

    async fn withdraw_offer(
        &self,
        request: Request<pb::WithdrawOfferRequest>,
    ) -> Result<Response<pb::WithdrawOfferResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::withdraw_offer(&asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::withdrawn))
    }

    async fn list_transfer_offers(
        &self,
        request: Request<pb::ListTransferOffersRequest>,
    ) -> Result<Response<pb::ListTransferOffersResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let wanted = wire::wanted(&asked)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = offers::list(&mut reading, wanted, known_at, &page).await?;
        Ok(reading.reply(pb::ListTransferOffersResponse {
            offers: found.rows.into_iter().map(wire::listed).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
