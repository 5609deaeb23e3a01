//! `OrganisationService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::organisation_service_server::OrganisationService;
use tonic::{Request, Response, Status, Streaming};

use crate::ground::api::Api;
use crate::ground::organisation;
use crate::ground::wire::organisation as told;
use crate::organisation::{children, list, search, subtree, wire};

#[tonic::async_trait]
impl OrganisationService for Api {
    async fn found_organisation(
        &self,
        request: Request<pb::FoundOrganisationRequest>,
    ) -> Result<Response<pb::FoundOrganisationResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::found(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::founded))
    }

    async fn rename_organisation(
        &self,
        request: Request<pb::RenameOrganisationRequest>,
    ) -> Result<Response<pb::RenameOrganisationResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::rename(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::renamed))
    }

    async fn hand_over_organisations(
        &self,
        request: Request<pb::HandOverOrganisationsRequest>,
    ) -> Result<Response<pb::HandOverOrganisationsResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::hand_over(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::handed_over))
    }

    async fn suspend_organisation(
        &self,
        request: Request<pb::SuspendOrganisationRequest>,
    ) -> Result<Response<pb::SuspendOrganisationResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::suspend(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::suspended))
    }

    async fn resume_organisation(
        &self,
        request: Request<pb::ResumeOrganisationRequest>,
    ) -> Result<Response<pb::ResumeOrganisationResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::resume(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::resumed))
    }

    async fn end_organisations(
        &self,
        request: Request<pb::EndOrganisationsRequest>,
    ) -> Result<Response<pb::EndOrganisationsResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::end(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::ended))
    }

    async fn change_sector(
        &self,
        request: Request<pb::ChangeSectorRequest>,
    ) -> Result<Response<pb::ChangeSectorResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::change_sector(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::sector_changed))
    }

    async fn change_industry(
        &self,
        request: Request<pb::ChangeIndustryRequest>,
    ) -> Result<Response<pb::ChangeIndustryResponse>, Status> {
        let (call, request) = Call::write(request)?;
        let act = wire::change_industry(request)?;
        Ok(self.database.act(call, act).await?.reply(wire::industry_changed))
    }

    async fn load_organisations(
        &self,
        request: Request<Streaming<pb::LoadOrganisationsRequest>>,
    ) -> Result<Response<pb::LoadOrganisationsResponse>, Status> {
        self.load(request).await
    }

    async fn get_load(
        &self,
        request: Request<pb::GetLoadRequest>,
    ) -> Result<Response<pb::GetLoadResponse>, Status> {
        self.load_progress(request).await
    }

    async fn get_organisation(
        &self,
        request: Request<pb::GetOrganisationRequest>,
    ) -> Result<Response<pb::GetOrganisationResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let (organisation_id, as_of) = wire::get(request, today())?;
        if as_of.known_at.is_none() {
            let one = organisation::OneAsOf { organisation_id, on: as_of.on };
            if let Some(looked) = self.database.look(&call, &one).await? {
                return looked.reply(|row| {
                    let organisation = Some(told::organisation(row.as_of(as_of.on)?));
                    Ok(pb::GetOrganisationResponse { organisation })
                });
            }
        }
        let mut reading = self.database.read(&call).await?;
        let found = organisation::organisation(&mut reading, organisation_id, as_of).await?;
        let organisation = Some(told::organisation(found));
        Ok(reading.reply(pb::GetOrganisationResponse { organisation }))
    }

    async fn batch_get_organisations(
        &self,
        request: Request<pb::BatchGetOrganisationsRequest>,
    ) -> Result<Response<pb::BatchGetOrganisationsResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let (ids, codes, as_of) = wire::batch_get(request, today())?;
        let mut reading = self.database.read(&call).await?;
        let found = organisation::batch(&mut reading, ids, &codes, as_of).await?;
        let organisations = told::organisations(found);
        Ok(reading.reply(pb::BatchGetOrganisationsResponse { organisations }))
    }

    async fn list_children(
        &self,
        request: Request<pb::ListChildrenRequest>,
    ) -> Result<Response<pb::ListChildrenResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let (organisation_id, as_of) = wire::children(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = children::children(&mut reading, organisation_id, as_of, &asked).await?;
        Ok(reading.reply(wire::children_page(page)))
    }

    async fn list_subtree(
        &self,
        request: Request<pb::ListSubtreeRequest>,
    ) -> Result<Response<pb::ListSubtreeResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let (root_id, as_of, filter) = wire::subtree(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = subtree::subtree(&mut reading, root_id, as_of, &filter, &asked).await?;
        Ok(reading.reply(wire::subtree_page(page)))
    }

    async fn list_organisations(
        &self,
        request: Request<pb::ListOrganisationsRequest>,
    ) -> Result<Response<pb::ListOrganisationsResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let (listed, as_of) = wire::list(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = list::list(&mut reading, as_of, &listed, &asked).await?;
        Ok(reading.reply(wire::list_page(page)))
    }

    async fn search_organisations(
        &self,
        request: Request<pb::SearchOrganisationsRequest>,
    ) -> Result<Response<pb::SearchOrganisationsResponse>, Status> {
        let (call, request) = Call::read(request)?;
        let (sought, as_of) = wire::search(&request, today())?;
        self.names.ready(&call).await?;
        let mut reading = self.database.read(&call).await?;
        let found = search::search(&mut reading, &self.names, &sought, as_of).await?;
        let organisations = told::organisations(found);
        Ok(reading.reply(pb::SearchOrganisationsResponse { organisations }))
    }
}
