//! Requests of `CorrectionService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::database::today;
use chassis::parse::{self, id_or_empty, instant};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::correction::correct_card_issue::{self, CorrectCardIssue};
use crate::correction::correct_discipline_end::{self, CorrectDisciplineEnd};
use crate::correction::correct_document::{self, CorrectDocument};
use crate::correction::correct_honours::{self, CorrectHonours};
use crate::correction::correct_movement::{CorrectMovement, Corrected};
use crate::correction::correct_person::{Birth, CorrectPerson};
use crate::correction::correct_standing::{self, CorrectStanding};
use crate::correction::corrections::Recorded;
use crate::correction::undo_alias::UndoAlias;
use crate::correction::undo_cadre_recommendations::{self, UndoCadreRecommendations};
use crate::correction::undo_card_end::UndoCardEnd;
use crate::correction::undo_card_issue::{self, UndoCardIssue};
use crate::correction::undo_delegation::{self, UndoDelegation};
use crate::correction::undo_discipline::{self, UndoDiscipline};
use crate::correction::undo_dispute_case::UndoDisputeCase;
use crate::correction::undo_document::UndoDocument;
use crate::correction::undo_emulation::{self, UndoEmulation};
use crate::correction::undo_honours::{self, UndoHonours};
use crate::correction::undo_movement::{UndoMovement, Undone};
use crate::correction::undo_party_referrals::{self, Milestone, UndoPartyReferrals};
use crate::correction::undo_standing::{self, UndoStanding};
use crate::correction::undo_training_course::{self, UndoTrainingCourse};
use crate::correction::undo_welfare::{self, UndoWelfare};
use crate::ground::cadre::CadrePurpose;
use crate::ground::keys::Keys;
use crate::ground::person::is_phone;
use crate::ground::refused::Refused;
use crate::ground::wire::{NAME_MAX, TITLE_MAX, basis, birth, identity, ids, kinds, sex};

const REASON_MAX: usize = 1_000;

pub fn undo_movement(request: pb::UndoMovementRequest) -> Result<UndoMovement, Refusal> {
    Ok(UndoMovement {
        movement_id: parse::id("movement_id", &request.movement_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn correct_movement(
    request: pb::CorrectMovementRequest,
    keys: &Arc<Keys>,
) -> Result<CorrectMovement, Refusal> {
    Ok(CorrectMovement {
        keys: keys.clone(),
        movement_id: parse::id("movement_id", &request.movement_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
        on: parse::optional_date("effective_on", request.effective_on)?,
        admission_kind: kinds::admission("admission_kind", request.admission_kind)?,
        exit_reason: kinds::exit("exit_reason", request.exit_reason)?,
        to: parse::optional_id("to_organisation_id", &request.to_organisation_id)?,
        decision: basis("decision", request.decision)?,
        consent: basis("consent", request.consent)?,
    })
}

pub fn undo_standing(request: pb::UndoStandingRequest) -> Result<UndoStanding, Refusal> {
    Ok(UndoStanding {
        standing_id: parse::id("standing_id", &request.standing_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn correct_standing(request: pb::CorrectStandingRequest) -> Result<CorrectStanding, Refusal> {
    Ok(CorrectStanding {
        standing_id: parse::id("standing_id", &request.standing_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
        from_on: parse::optional_date("effective_on", request.effective_on)?,
        expected_until: parse::optional_date("expected_until", request.expected_until)?,
        ended_on: parse::optional_date("ended_on", request.ended_on)?,
    })
}

pub fn undo_discipline(request: pb::UndoDisciplineRequest) -> Result<UndoDiscipline, Refusal> {
    Ok(UndoDiscipline {
        discipline_id: parse::id("discipline_id", &request.discipline_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn correct_discipline_end(
    request: pb::CorrectDisciplineEndRequest,
) -> Result<CorrectDisciplineEnd, Refusal> {
    let outcome = kinds::discipline_end("outcome", request.outcome)?;
    let on = parse::optional_date("effective_on", request.effective_on)?;
    if request.holds_still && (outcome.is_some() || on.is_some()) {
        return Err(Refused::QuestionAmbiguous { field: "holds_still" }.into());
    }
    Ok(CorrectDisciplineEnd {
        discipline_id: parse::id("discipline_id", &request.discipline_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
        on,
        outcome,
        holds_still: request.holds_still,
    })
}

pub fn undo_training_course(
    request: pb::UndoTrainingCourseRequest,
) -> Result<UndoTrainingCourse, Refusal> {
    Ok(UndoTrainingCourse {
        course_id: parse::id("course_id", &request.course_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        attended_on: parse::optional_date("attended_on", request.attended_on)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn undo_party_referrals(
    request: pb::UndoPartyReferralsRequest,
) -> Result<UndoPartyReferrals, Refusal> {
    let milestone = match pb::PartyMilestone::try_from(request.milestone) {
        Ok(pb::PartyMilestone::Referred) => Milestone::Referred,
        Ok(pb::PartyMilestone::Admitted) => Milestone::Admitted,
        Ok(pb::PartyMilestone::Confirmed) => Milestone::Confirmed,
        Ok(pb::PartyMilestone::Unspecified) => return Err(parse::required("milestone")),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "milestone".to_string() }.into()),
    };
    Ok(UndoPartyReferrals {
        referral_ids: ids("referral_ids", &request.referral_ids)?,
        milestone,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn undo_cadre_recommendations(
    request: pb::UndoCadreRecommendationsRequest,
) -> Result<UndoCadreRecommendations, Refusal> {
    let outcome = match pb::CadrePurpose::try_from(request.outcome) {
        Ok(pb::CadrePurpose::Planning) => Some(CadrePurpose::Planning),
        Ok(pb::CadrePurpose::Training) => Some(CadrePurpose::Training),
        Ok(pb::CadrePurpose::Appointment) => Some(CadrePurpose::Appointment),
        Ok(pb::CadrePurpose::Unspecified) => None,
        Err(_) => return Err(Refused::EnumValueUnknown { field: "outcome".to_string() }.into()),
    };
    Ok(UndoCadreRecommendations {
        recommendation_ids: ids("recommendation_ids", &request.recommendation_ids)?,
        outcome,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn undo_delegation(request: pb::UndoDelegationRequest) -> Result<UndoDelegation, Refusal> {
    Ok(UndoDelegation {
        delegation_id: parse::id("delegation_id", &request.delegation_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn correct_document(
    request: pb::CorrectIdentityDocumentRequest,
    keys: &Arc<Keys>,
) -> Result<CorrectDocument, Refusal> {
    let field = |field: &str| field.to_string();
    let (number, kind) = (&request.identity_number, request.identity_kind);
    Ok(CorrectDocument {
        keys: keys.clone(),
        person_id: parse::id("person_id", &request.person_id)?,
        document_id: parse::id("document_id", &request.document_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
        identity: identity(field, number, kind, &request.identity_country)?,
        from_on: parse::optional_date("from_on", request.from_on)?,
        until_on: parse::optional_date("until_on", request.until_on)?,
    })
}

pub fn undo_document(
    request: pb::UndoIdentityDocumentRequest,
    keys: &Arc<Keys>,
) -> Result<UndoDocument, Refusal> {
    Ok(UndoDocument {
        keys: keys.clone(),
        person_id: parse::id("person_id", &request.person_id)?,
        document_id: parse::id("document_id", &request.document_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn undo_alias(request: &pb::UndoAliasRequest) -> Result<UndoAlias, Refusal> {
    Ok(UndoAlias {
        person_id: parse::id("person_id", &request.person_id)?,
        alias_id: parse::id("alias_id", &request.alias_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
    })
}

pub fn undo_honours(request: pb::UndoHonoursRequest) -> Result<UndoHonours, Refusal> {
    Ok(UndoHonours {
        honour_id: parse::id("honour_id", &request.honour_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn correct_honours(request: pb::CorrectHonoursRequest) -> Result<CorrectHonours, Refusal> {
    let said = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(CorrectHonours {
        honour_id: parse::id("honour_id", &request.honour_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
        kind: said(request.kind),
        level: said(request.level),
        honoured_on: parse::optional_date("honoured_on", request.honoured_on)?,
        direct_production: request.direct_production,
    })
}

pub fn undo_emulation(request: pb::UndoEmulationRequest) -> Result<UndoEmulation, Refusal> {
    Ok(UndoEmulation {
        emulation_id: parse::id("emulation_id", &request.emulation_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn undo_welfare(request: pb::UndoWelfareRequest) -> Result<UndoWelfare, Refusal> {
    Ok(UndoWelfare {
        welfare_id: parse::id("welfare_id", &request.welfare_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn undo_dispute_case(request: pb::UndoDisputeCaseRequest) -> Result<UndoDisputeCase, Refusal> {
    Ok(UndoDisputeCase {
        case_id: parse::id("case_id", &request.case_id)?,
        conclusion_only: request.conclusion_only,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

/// Ids, if there are any.
fn some(list: &'static str, texts: &[String]) -> Result<Vec<Uuid>, Refusal> {
    if texts.is_empty() { Ok(Vec::new()) } else { ids(list, texts) }
}

pub fn correct_person(
    request: pb::CorrectPersonRequest,
    keys: &Arc<Keys>,
) -> Result<CorrectPerson, Refusal> {
    let field = |field: &str| field.to_string();
    let phone = match request.phone.as_deref() {
        None => None,
        Some("") => Some(None),
        Some(phone) if is_phone(phone) => Some(Some(phone.to_string())),
        Some(_) => return Err(Refused::PhoneMalformed { field: field("phone") }.into()),
    };
    let said = |field: &'static str, text: &Option<String>, most: usize| match text {
        None => Ok(None),
        Some(text) => parse::optional_text(field, text, most).map(Some),
    };
    let workplace = said("workplace", &request.workplace, TITLE_MAX)?;
    let occupation = said("occupation", &request.occupation, NAME_MAX)?;
    let number = request.identity_number.as_deref();
    let identity = match number {
        None if request.identity_kind == 0 && request.identity_country.is_empty() => None,
        None => return Err(parse::required("identity_number")),
        Some(number) => {
            let (kind, country) = (request.identity_kind, &request.identity_country);
            Some(identity(field, number, kind, country)?)
        }
    };
    let birth = born(&request, today())?;
    Ok(CorrectPerson {
        keys: keys.clone(),
        person_id: parse::id("person_id", &request.person_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
        name: parse::optional_text("name", &request.name, NAME_MAX)?,
        sex: request.sex.map(|number| sex("sex", number)).transpose()?,
        birth,
        workplace,
        occupation,
        phone,
        identity,
    })
}

/// What is said of the birth, if anything.
fn born(request: &pb::CorrectPersonRequest, today: Date) -> Result<Option<Birth>, Refusal> {
    let said = pb::PersonLine {
        birth_date: request.birth_date,
        birth_year: request.birth_year,
        ..pb::PersonLine::default()
    };
    let (date, year) = birth(&|field| field.to_string(), &said, today)?;
    Ok(year.map(|year| Birth { date, year }))
}

pub fn undone(undone: Undone) -> pb::UndoMovementResponse {
    pb::UndoMovementResponse { members: undone.members }
}

pub fn corrected(corrected: Corrected) -> pb::CorrectMovementResponse {
    pb::CorrectMovementResponse {
        movement_id: corrected.movement_id.to_string(),
        members: corrected.members,
    }
}

pub fn standing_undone(undone: undo_standing::Undone) -> pb::UndoStandingResponse {
    pb::UndoStandingResponse { members: undone.members }
}

pub fn standing_corrected(corrected: correct_standing::Corrected) -> pb::CorrectStandingResponse {
    pb::CorrectStandingResponse { members: corrected.members }
}

pub fn discipline_undone(undone: undo_discipline::Undone) -> pb::UndoDisciplineResponse {
    pb::UndoDisciplineResponse { people: undone.people }
}

pub fn discipline_end_corrected(
    corrected: correct_discipline_end::Corrected,
) -> pb::CorrectDisciplineEndResponse {
    pb::CorrectDisciplineEndResponse { people: corrected.people }
}

pub fn undo_card_issue(request: pb::UndoCardIssueRequest) -> Result<UndoCardIssue, Refusal> {
    Ok(UndoCardIssue {
        issue_id: parse::id("issue_id", &request.issue_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn correct_card_issue(
    request: pb::CorrectCardIssueRequest,
) -> Result<CorrectCardIssue, Refusal> {
    Ok(CorrectCardIssue {
        issue_id: parse::id("issue_id", &request.issue_id)?,
        person_ids: some("person_ids", &request.person_ids)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
        issued_on: parse::optional_date("issued_on", request.issued_on)?,
        until_on: parse::optional_date("until_on", request.until_on)?,
    })
}

pub fn undo_card_end(request: pb::UndoCardEndRequest) -> Result<UndoCardEnd, Refusal> {
    Ok(UndoCardEnd {
        card_id: parse::id("card_id", &request.card_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn card_issue_undone(undone: undo_card_issue::Undone) -> pb::UndoCardIssueResponse {
    pb::UndoCardIssueResponse { cards: undone.cards }
}

pub fn card_issue_corrected(
    corrected: correct_card_issue::Corrected,
) -> pb::CorrectCardIssueResponse {
    pb::CorrectCardIssueResponse { cards: corrected.cards }
}

pub fn course_undone(undone: undo_training_course::Undone) -> pb::UndoTrainingCourseResponse {
    pb::UndoTrainingCourseResponse { people: undone.people, attendances: undone.attendances }
}

pub fn referrals_undone(undone: undo_party_referrals::Undone) -> pb::UndoPartyReferralsResponse {
    pb::UndoPartyReferralsResponse { cases: undone.cases }
}

pub fn recommendations_undone(
    undone: undo_cadre_recommendations::Undone,
) -> pb::UndoCadreRecommendationsResponse {
    pb::UndoCadreRecommendationsResponse { recommendations: undone.recommendations }
}

pub fn delegation_undone(undone: undo_delegation::Undone) -> pb::UndoDelegationResponse {
    pb::UndoDelegationResponse { people: undone.people }
}

pub fn document_corrected(
    corrected: correct_document::Corrected,
) -> pb::CorrectIdentityDocumentResponse {
    pb::CorrectIdentityDocumentResponse { document_id: corrected.document_id.to_string() }
}

pub fn honours_undone(undone: undo_honours::Undone) -> pb::UndoHonoursResponse {
    pb::UndoHonoursResponse { people: undone.people }
}

pub fn honours_corrected(corrected: correct_honours::Corrected) -> pb::CorrectHonoursResponse {
    pb::CorrectHonoursResponse { people: corrected.people }
}

pub fn emulation_undone(undone: undo_emulation::Undone) -> pb::UndoEmulationResponse {
    pb::UndoEmulationResponse { people: undone.people }
}

pub fn welfare_undone(undone: undo_welfare::Undone) -> pb::UndoWelfareResponse {
    pb::UndoWelfareResponse { people: undone.people, amount_vnd: undone.amount_vnd }
}

pub fn correction(recorded: Recorded) -> pb::Correction {
    pb::Correction {
        act_id: recorded.act_id.to_string(),
        kind: i32::from(recorded.kind),
        about_id: recorded.about_id.to_string(),
        now_id: id_or_empty(recorded.now_id),
        people: recorded.people,
        reason: recorded.reason,
        decision_id: id_or_empty(recorded.decision_id),
        actor: recorded.actor,
        recorded_at: Some(instant(recorded.recorded_at)),
    }
}
