//! `ConsequenceService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::consequence::{consequences, later_movements, passed_over, wire};
use crate::ground::api::{Api, known_at};

#[tonic::async_trait]
impl pb::consequence_service_server::ConsequenceService for Api {
    async fn list_consequences(
        &self,
        request: Request<pb::ListConsequencesRequest>,
    ) -> Result<Response<pb::ListConsequencesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let mut act_ids = Vec::with_capacity(asked.registry_act_ids.len() + 1);
        act_ids.extend(parse::optional_id("registry_act_id", &asked.registry_act_id)?);
        for (n, act_id) in asked.registry_act_ids.iter().enumerate() {
            act_ids.push(parse::id(&format!("registry_act_ids[{n}]"), act_id)?);
        }
        let of_acts = (!act_ids.is_empty()).then_some(act_ids.as_slice());
        let mut organisation_ids = Vec::with_capacity(asked.organisation_ids.len());
        for (n, id) in asked.organisation_ids.iter().enumerate() {
            organisation_ids.push(parse::id(&format!("organisation_ids[{n}]"), id)?);
        }
        let of = (!organisation_ids.is_empty()).then_some(organisation_ids.as_slice());
        let wanted = consequences::Wanted {
            include_finished: asked.include_finished,
            registry_act_ids: of_acts,
            organisation_ids: of,
            known_at: known_at(asked.known_at)?,
        };
        let mut reading = self.database.read(&call).await?;
        let (found, passed_over) = consequences::list(&mut reading, &wanted, &page).await?;
        Ok(reading.reply(pb::ListConsequencesResponse {
            consequences: found
                .rows
                .into_iter()
                .map(|row| wire::consequence(row, &passed_over))
                .collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn list_passed_over(
        &self,
        request: Request<pb::ListPassedOverRequest>,
    ) -> Result<Response<pb::ListPassedOverResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let act = parse::id("registry_act_id", &asked.registry_act_id)?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let exclude_mended = asked.exclude_mended;
        let mut reading = self.database.read(&call).await?;
        let found =
            passed_over::list(&mut reading, act, organisation_id, exclude_mended, &page).await?;
        Ok(reading.reply(pb::ListPassedOverResponse {
            passed_over: found.rows.iter().map(wire::passed_over).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn mend_consequence(
        &self,
        request: Request<pb::MendConsequenceRequest>,
    ) -> Result<Response<pb::MendConsequenceResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::mend_consequence(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::mended))
    }

    async fn list_later_movements(
        &self,
        request: Request<pb::ListLaterMovementsRequest>,
    ) -> Result<Response<pb::ListLaterMovementsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let about = wire::list_later_movements(&asked)?;
        let mut reading = self.database.read(&call).await?;
        let (found, counts) = later_movements::list(&mut reading, &about, &page).await?;
        Ok(reading.reply(pb::ListLaterMovementsResponse {
            movements: found.rows.into_iter().map(wire::later_movement).collect(),
            counts: counts.into_iter().map(wire::later_movements).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
