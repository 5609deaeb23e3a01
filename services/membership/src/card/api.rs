//! `CardService`, answered: parse, act or read, reply.

use chassis::call::Call;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::card::{cards, find_card, wire};
use crate::ground::api::{Api, as_of, known_at};

#[tonic::async_trait]
impl pb::card_service_server::CardService for Api {
    async fn issue_cards(
        &self,
        request: Request<pb::IssueCardsRequest>,
    ) -> Result<Response<pb::IssueCardsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::issue_cards(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::issued))
    }

    async fn issue_cards_to_roll(
        &self,
        request: Request<pb::IssueCardsToRollRequest>,
    ) -> Result<Response<pb::IssueCardsToRollResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::issue_cards_to_roll(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::issued_to_roll))
    }

    async fn report_card_lost(
        &self,
        request: Request<pb::ReportCardLostRequest>,
    ) -> Result<Response<pb::ReportCardLostResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::report_lost(asked)?;
        Ok(self.database.act(call, act).await?.reply(|()| pb::ReportCardLostResponse {}))
    }

    async fn replace_card(
        &self,
        request: Request<pb::ReplaceCardRequest>,
    ) -> Result<Response<pb::ReplaceCardResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::replace(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::replaced))
    }

    async fn revoke_card(
        &self,
        request: Request<pb::RevokeCardRequest>,
    ) -> Result<Response<pb::RevokeCardResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::revoke(asked)?;
        Ok(self.database.act(call, act).await?.reply(|()| pb::RevokeCardResponse {}))
    }

    async fn find_card(
        &self,
        request: Request<pb::FindCardRequest>,
    ) -> Result<Response<pb::FindCardResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let number = wire::number(&asked.number)?;
        let (as_of, known_at) = (as_of(asked.as_of)?, known_at(asked.known_at)?);
        let mut reading = self.database.read(&call).await?;
        let found = find_card::find(&mut reading, &number, as_of, known_at).await?;
        let card = wire::card(&self.card_keys, found)?;
        Ok(reading.reply(pb::FindCardResponse { card: Some(card) }))
    }

    async fn list_cards(
        &self,
        request: Request<pb::ListCardsRequest>,
    ) -> Result<Response<pb::ListCardsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let wanted = wire::wanted(&asked)?;
        let mut reading = self.database.read(&call).await?;
        let found = cards::list(&mut reading, wanted, &page).await?;
        let cards = found.rows.into_iter().map(|card| wire::card(&self.card_keys, card));
        Ok(reading.reply(pb::ListCardsResponse {
            cards: cards.collect::<Result<_, _>>()?,
            next_page_token: found.next_page_token,
        }))
    }

    async fn list_card_keys(
        &self,
        request: Request<pb::ListCardKeysRequest>,
    ) -> Result<Response<pb::ListCardKeysResponse>, Status> {
        let (call, _) = Call::read(request)?;
        let reading = self.database.read(&call).await?;
        let keys = self.card_keys.published().into_iter().map(wire::key).collect();
        Ok(reading.reply(pb::ListCardKeysResponse { keys }))
    }
}
