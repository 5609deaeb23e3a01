//! `PartyService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::party::{referrals as party_referrals, wire};

#[tonic::async_trait]
impl pb::party_service_server::PartyService for Api {
    async fn refer_to_party(
        &self,
        request: Request<pb::ReferToPartyRequest>,
    ) -> Result<Response<pb::ReferToPartyResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::refer_to_party(asked, &self.keys)?;
        let numbers = act.roll.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(wire::referred))
    }

    async fn admit_to_party(
        &self,
        request: Request<pb::AdmitToPartyRequest>,
    ) -> Result<Response<pb::AdmitToPartyResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::admit_to_party(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::admitted_to_party))
    }

    async fn confirm_in_party(
        &self,
        request: Request<pb::ConfirmInPartyRequest>,
    ) -> Result<Response<pb::ConfirmInPartyResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::confirm_in_party(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::confirmed))
    }

    async fn list_party_referrals(
        &self,
        request: Request<pb::ListPartyReferralsRequest>,
    ) -> Result<Response<pb::ListPartyReferralsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = party_referrals::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListPartyReferralsResponse {
            referrals: found.rows.into_iter().map(wire::party_referral).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
