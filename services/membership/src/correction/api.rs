//! `CorrectionService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::correction::{corrections, wire};
use crate::ground::api::Api;

#[tonic::async_trait]
impl pb::correction_service_server::CorrectionService for Api {
    async fn undo_movement(
        &self,
        request: Request<pb::UndoMovementRequest>,
    ) -> Result<Response<pb::UndoMovementResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_movement(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::undone))
    }

    async fn correct_movement(
        &self,
        request: Request<pb::CorrectMovementRequest>,
    ) -> Result<Response<pb::CorrectMovementResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::correct_movement(asked, &self.keys)?;
        Ok(self.database.act(call, act).await?.reply(wire::corrected))
    }

    async fn correct_person(
        &self,
        request: Request<pb::CorrectPersonRequest>,
    ) -> Result<Response<pb::CorrectPersonResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::correct_person(asked, &self.keys)?;
        let numbers = act.numbers();
        Ok(self
            .act_on_numbers(call, numbers, act)
            .await?
            .reply(|_| pb::CorrectPersonResponse::default()))
    }

    async fn undo_standing(
        &self,
        request: Request<pb::UndoStandingRequest>,
    ) -> Result<Response<pb::UndoStandingResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_standing(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::standing_undone))
    }

    async fn correct_standing(
        &self,
        request: Request<pb::CorrectStandingRequest>,
    ) -> Result<Response<pb::CorrectStandingResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::correct_standing(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::standing_corrected))
    }

    async fn undo_discipline(
        &self,
        request: Request<pb::UndoDisciplineRequest>,
    ) -> Result<Response<pb::UndoDisciplineResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_discipline(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::discipline_undone))
    }

    async fn correct_discipline_end(
        &self,
        request: Request<pb::CorrectDisciplineEndRequest>,
    ) -> Result<Response<pb::CorrectDisciplineEndResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::correct_discipline_end(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::discipline_end_corrected))
    }

    async fn undo_card_issue(
        &self,
        request: Request<pb::UndoCardIssueRequest>,
    ) -> Result<Response<pb::UndoCardIssueResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_card_issue(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::card_issue_undone))
    }

    async fn correct_card_issue(
        &self,
        request: Request<pb::CorrectCardIssueRequest>,
    ) -> Result<Response<pb::CorrectCardIssueResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::correct_card_issue(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::card_issue_corrected))
    }

    async fn undo_card_end(
        &self,
        request: Request<pb::UndoCardEndRequest>,
    ) -> Result<Response<pb::UndoCardEndResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_card_end(asked)?;
        Ok(self.database.act(call, act).await?.reply(|()| pb::UndoCardEndResponse {}))
    }

    async fn undo_training_course(
        &self,
        request: Request<pb::UndoTrainingCourseRequest>,
    ) -> Result<Response<pb::UndoTrainingCourseResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_training_course(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::course_undone))
    }

    async fn undo_party_referrals(
        &self,
        request: Request<pb::UndoPartyReferralsRequest>,
    ) -> Result<Response<pb::UndoPartyReferralsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_party_referrals(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::referrals_undone))
    }

    async fn undo_cadre_recommendations(
        &self,
        request: Request<pb::UndoCadreRecommendationsRequest>,
    ) -> Result<Response<pb::UndoCadreRecommendationsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_cadre_recommendations(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::recommendations_undone))
    }

    async fn undo_delegation(
        &self,
        request: Request<pb::UndoDelegationRequest>,
    ) -> Result<Response<pb::UndoDelegationResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_delegation(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::delegation_undone))
    }

    async fn correct_identity_document(
        &self,
        request: Request<pb::CorrectIdentityDocumentRequest>,
    ) -> Result<Response<pb::CorrectIdentityDocumentResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::correct_document(asked, &self.keys)?;
        let numbers = usize::from(act.identity.is_some());
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(wire::document_corrected))
    }

    async fn undo_identity_document(
        &self,
        request: Request<pb::UndoIdentityDocumentRequest>,
    ) -> Result<Response<pb::UndoIdentityDocumentResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_document(asked, &self.keys)?;
        let done = self.database.act(call, act).await?;
        Ok(done.reply(|_| pb::UndoIdentityDocumentResponse::default()))
    }

    async fn undo_alias(
        &self,
        request: Request<pb::UndoAliasRequest>,
    ) -> Result<Response<pb::UndoAliasResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_alias(&asked)?;
        Ok(self.database.act(call, act).await?.reply(|_| pb::UndoAliasResponse::default()))
    }

    async fn undo_honours(
        &self,
        request: Request<pb::UndoHonoursRequest>,
    ) -> Result<Response<pb::UndoHonoursResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_honours(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::honours_undone))
    }

    async fn correct_honours(
        &self,
        request: Request<pb::CorrectHonoursRequest>,
    ) -> Result<Response<pb::CorrectHonoursResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::correct_honours(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::honours_corrected))
    }

    async fn undo_emulation(
        &self,
        request: Request<pb::UndoEmulationRequest>,
    ) -> Result<Response<pb::UndoEmulationResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_emulation(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::emulation_undone))
    }

    async fn undo_welfare(
        &self,
        request: Request<pb::UndoWelfareRequest>,
    ) -> Result<Response<pb::UndoWelfareResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_welfare(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::welfare_undone))
    }

    async fn undo_dispute_case(
        &self,
        request: Request<pb::UndoDisputeCaseRequest>,
    ) -> Result<Response<pb::UndoDisputeCaseResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::undo_dispute_case(asked)?;
        let undone = self.database.act(call, act).await?;
        Ok(undone.reply(|_| pb::UndoDisputeCaseResponse::default()))
    }

    async fn list_corrections(
        &self,
        request: Request<pb::ListCorrectionsRequest>,
    ) -> Result<Response<pb::ListCorrectionsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let about_id = parse::id("about_id", &asked.about_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = corrections::list(&mut reading, about_id, &page).await?;
        Ok(reading.reply(pb::ListCorrectionsResponse {
            corrections: found.rows.into_iter().map(wire::correction).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
