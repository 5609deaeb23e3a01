//! `StandingService`, answered: parse, act or read, reply.

use chassis::call::Call;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::standing::{standings, wire};

#[tonic::async_trait]
impl pb::standing_service_server::StandingService for Api {
    async fn make_dormant(
        &self,
        request: Request<pb::MakeDormantRequest>,
    ) -> Result<Response<pb::MakeDormantResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::make_dormant(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::dormant))
    }

    async fn end_dormancy(
        &self,
        request: Request<pb::EndDormancyRequest>,
    ) -> Result<Response<pb::EndDormancyResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::end_dormancy(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::awake))
    }

    async fn park_members(
        &self,
        request: Request<pb::ParkMembersRequest>,
    ) -> Result<Response<pb::ParkMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::park_members(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::parked))
    }

    async fn end_parking(
        &self,
        request: Request<pb::EndParkingRequest>,
    ) -> Result<Response<pb::EndParkingResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::end_parking(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::back))
    }

    async fn name_honorary_members(
        &self,
        request: Request<pb::NameHonoraryMembersRequest>,
    ) -> Result<Response<pb::NameHonoraryMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::name_honorary_members(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::named))
    }

    async fn end_honorary_memberships(
        &self,
        request: Request<pb::EndHonoraryMembershipsRequest>,
    ) -> Result<Response<pb::EndHonoraryMembershipsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::end_honorary_memberships(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::honorary_no_longer))
    }

    async fn list_standings(
        &self,
        request: Request<pb::ListStandingsRequest>,
    ) -> Result<Response<pb::ListStandingsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let wanted = wire::wanted(&asked)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = standings::list(&mut reading, wanted, known_at, &page).await?;
        Ok(reading.reply(pb::ListStandingsResponse {
            standings: found.rows.into_iter().map(wire::listed).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
