//! `MembershipService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::database::today;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, as_of, known_at};
use crate::ground::merged;
use crate::membership::{count_members, find, members, search, subtree, wire};

#[tonic::async_trait]
impl pb::membership_service_server::MembershipService for Api {
    async fn admit_members(
        &self,
        request: Request<pb::AdmitMembersRequest>,
    ) -> Result<Response<pb::AdmitMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::admit_members(asked, &self.keys)?;
        let numbers = act.roll.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(wire::admitted))
    }

    async fn transfer_members(
        &self,
        request: Request<pb::TransferMembersRequest>,
    ) -> Result<Response<pb::TransferMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::transfer_members(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::transferred))
    }

    async fn exit_members(
        &self,
        request: Request<pb::ExitMembersRequest>,
    ) -> Result<Response<pb::ExitMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::exit_members(asked, &self.keys)?;
        Ok(self.database.act(call, act).await?.reply(wire::exited))
    }

    async fn get_member(
        &self,
        request: Request<pb::GetMemberRequest>,
    ) -> Result<Response<pb::GetMemberResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let person_id = parse::id("person_id", &asked.person_id)?;
        let known_at = known_at(asked.known_at)?;
        if known_at.is_none()
            && let Some(looked) = self.database.look(&call, &members::Counted { person_id }).await?
        {
            return looked
                .reply(|rows| Ok(wire::got(members::told(rows, &self.keys, person_id)?, None)));
        }
        let mut reading = self.database.read(&call).await?;
        let survivor_id = merged::survivor(&mut reading, person_id, known_at).await?;
        let member = members::get(&mut reading, &self.keys, survivor_id, known_at).await?;
        Ok(reading.reply(wire::got(member, Some(person_id).filter(|id| *id != survivor_id))))
    }

    async fn list_members(
        &self,
        request: Request<pb::ListMembersRequest>,
    ) -> Result<Response<pb::ListMembersResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let (as_of, known_at) = (as_of(asked.as_of)?, known_at(asked.known_at)?);
        let mut reading = self.database.read(&call).await?;
        let found = match asked.with_subtree {
            false => members::list(&mut reading, organisation_id, as_of, known_at, &page).await?,
            true => subtree::list(&mut reading, organisation_id, as_of, known_at, &page).await?,
        };
        Ok(reading.reply(pb::ListMembersResponse {
            members: found.rows.into_iter().map(wire::listed).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn search_members(
        &self,
        request: Request<pb::SearchMembersRequest>,
    ) -> Result<Response<pb::SearchMembersResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let sought = wire::search_members(&asked)?;
        let mut reading = self.database.read(&call).await?;
        let found = search::search(&mut reading, &sought, &page).await?;
        Ok(reading.reply(pb::SearchMembersResponse {
            found: found.rows.into_iter().map(wire::sought).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn find_person(
        &self,
        request: Request<pb::FindPersonRequest>,
    ) -> Result<Response<pb::FindPersonResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let identity = wire::find_person(&asked)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = find::find(&mut reading, &self.keys, &identity, today(), known_at).await?;
        Ok(reading.reply(wire::found(found)))
    }

    async fn count_members(
        &self,
        request: Request<pb::CountMembersRequest>,
    ) -> Result<Response<pb::CountMembersResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let organisation_ids =
            crate::ground::wire::ids("organisation_ids", &asked.organisation_ids)?;
        let (as_of, known_at) = (as_of(asked.as_of)?, known_at(asked.known_at)?);
        let mut reading = self.database.read(&call).await?;
        let counts = count_members::count(&mut reading, &organisation_ids, as_of, known_at).await?;
        Ok(reading.reply(pb::CountMembersResponse {
            counts: counts.into_iter().map(wire::count).collect(),
        }))
    }
}
