//! What happens to people besides their membership, and how it is undone.

use proto::membership::v1::*;
use stage::made_up::{on, request_id};

use super::{DAY, Trial, kind_of, one};
use crate::rights::desk::Desk;
use crate::rights::happened::{giving, honouring, joining, launching, opening};

const WHY: &str = "ghi nhầm";

/// Every method about it.
pub fn list(trials: &mut Vec<Trial>) {
    of_service! { trials, "membership.v1.CadreService",
        write "RecordCadreOutcomes": |mine, _| RecordCadreOutcomesRequest {
            request_id: request_id(),
            recommendation_ids: vec![mine.happened.recommendation_to_follow.clone()],
            outcome: CadrePurpose::Planning.into(),
            reached_on: on(DAY),
            ..RecordCadreOutcomesRequest::default()
        };
        mixed "RecordCadreOutcomes": |mine, theirs| RecordCadreOutcomesRequest {
            request_id: request_id(),
            recommendation_ids: vec![
                mine.happened.recommendation_to_follow.clone(),
                theirs.happened.recommendation_to_follow.clone(),
            ],
            outcome: CadrePurpose::Planning.into(),
            reached_on: on(DAY),
            ..RecordCadreOutcomesRequest::default()
        };
    }
    of_service! { trials, "membership.v1.TimelineService",
        read "GetPersonTimeline": |mine, _| GetPersonTimelineRequest {
            person_id: mine.members[5].clone(),
            ..GetPersonTimelineRequest::default()
        };
    }
    of_service! { trials, "membership.v1.HonourService",
        write "RecordHonours": |mine, _| honouring(&mine.union, &mine.happened.free[0]);
        mixed "RecordHonours": |mine, theirs| honouring(&mine.union, &theirs.happened.free[0]);
        read "ListHonours": |mine, _| ListHonoursRequest {
            organisation_id: mine.union.id.clone(),
            ..ListHonoursRequest::default()
        };
    }
    of_service! { trials, "membership.v1.EmulationService",
        write "LaunchEmulation": |mine, _| launching(&mine.union);
        write "JoinEmulation": |mine, _| {
            joining(&mine.union, &mine.happened.emulation_to_join, &mine.happened.free[0])
        };
        mixed "JoinEmulation": |mine, theirs| {
            joining(&mine.union, &theirs.happened.emulation_to_join, &mine.happened.free[0])
        };
        mixed "JoinEmulation": |mine, theirs| {
            joining(&mine.union, &mine.happened.emulation_to_join, &theirs.happened.free[0])
        };
        read "ListEmulations": |mine, _| ListEmulationsRequest {
            organisation_id: mine.union.id.clone(),
            ..ListEmulationsRequest::default()
        };
        read "ListEmulationParticipants": |mine, _| ListEmulationParticipantsRequest {
            emulation_id: mine.happened.emulation_to_join.clone(),
            ..ListEmulationParticipantsRequest::default()
        };
    }
    of_service! { trials, "membership.v1.WelfareService",
        write "GiveWelfare": |mine, _| giving(&mine.union, &mine.happened.free[0]);
        mixed "GiveWelfare": |mine, theirs| giving(&mine.union, &theirs.happened.free[0]);
        read "ListWelfare": |mine, _| ListWelfareRequest {
            organisation_id: mine.union.id.clone(),
            ..ListWelfareRequest::default()
        };
    }
    of_service! { trials, "membership.v1.DisputeCaseService",
        write "OpenDisputeCase": |mine, _| opening(&mine.union, &mine.happened.free[0]);
        mixed "OpenDisputeCase": |mine, theirs| opening(&mine.union, &theirs.happened.free[0]);
        write "ConcludeDisputeCase": |mine, _| ConcludeDisputeCaseRequest {
            request_id: request_id(),
            case_id: mine.happened.case_to_conclude.clone(),
            concluded_on: on(DAY),
            outcome: DisputeOutcome::Negotiated.into(),
            ..ConcludeDisputeCaseRequest::default()
        };
        read "GetDisputeCase": |mine, _| GetDisputeCaseRequest {
            case_id: mine.happened.case_to_conclude.clone(),
            ..GetDisputeCaseRequest::default()
        };
        read "ListDisputeCases": |mine, _| ListDisputeCasesRequest {
            organisation_id: mine.union.id.clone(),
            ..ListDisputeCasesRequest::default()
        };
    }
    of_service! { trials, "membership.v1.CorrectionService",
        write "UndoDisputeCase": |mine, _| UndoDisputeCaseRequest {
            request_id: request_id(),
            case_id: mine.happened.case.clone(),
            reason: WHY.to_owned(),
            ..UndoDisputeCaseRequest::default()
        };
        write "UndoTrainingCourse": |mine, _| UndoTrainingCourseRequest {
            request_id: request_id(),
            course_id: mine.happened.course.clone(),
            reason: WHY.to_owned(),
            ..UndoTrainingCourseRequest::default()
        };
        write "UndoPartyReferrals": |mine, _| UndoPartyReferralsRequest {
            request_id: request_id(),
            referral_ids: vec![mine.happened.referral.clone()],
            milestone: PartyMilestone::Referred.into(),
            reason: WHY.to_owned(),
            ..UndoPartyReferralsRequest::default()
        };
        mixed "UndoPartyReferrals": |mine, theirs| UndoPartyReferralsRequest {
            request_id: request_id(),
            referral_ids: vec![mine.happened.referral.clone(), theirs.happened.referral.clone()],
            milestone: PartyMilestone::Referred.into(),
            reason: WHY.to_owned(),
            ..UndoPartyReferralsRequest::default()
        };
        write "UndoCadreRecommendations": |mine, _| UndoCadreRecommendationsRequest {
            request_id: request_id(),
            recommendation_ids: vec![mine.happened.recommendation.clone()],
            reason: WHY.to_owned(),
            ..UndoCadreRecommendationsRequest::default()
        };
        mixed "UndoCadreRecommendations": |mine, theirs| UndoCadreRecommendationsRequest {
            request_id: request_id(),
            recommendation_ids: vec![
                mine.happened.recommendation.clone(),
                theirs.happened.recommendation.clone(),
            ],
            reason: WHY.to_owned(),
            ..UndoCadreRecommendationsRequest::default()
        };
        write "UndoDelegation": |mine, _| UndoDelegationRequest {
            request_id: request_id(),
            delegation_id: mine.happened.delegation.clone(),
            reason: WHY.to_owned(),
            ..UndoDelegationRequest::default()
        };
        write "UndoHonours": |mine, _| UndoHonoursRequest {
            request_id: request_id(),
            honour_id: mine.happened.honour.clone(),
            reason: WHY.to_owned(),
            ..UndoHonoursRequest::default()
        };
        write "CorrectHonours": |mine, _| CorrectHonoursRequest {
            request_id: request_id(),
            honour_id: mine.happened.honour_to_correct.clone(),
            reason: WHY.to_owned(),
            honoured_on: on(DAY),
            ..CorrectHonoursRequest::default()
        };
        write "UndoEmulation": |mine, _| UndoEmulationRequest {
            request_id: request_id(),
            emulation_id: mine.happened.emulation.clone(),
            reason: WHY.to_owned(),
            ..UndoEmulationRequest::default()
        };
        write "UndoWelfare": |mine, _| UndoWelfareRequest {
            request_id: request_id(),
            welfare_id: mine.happened.welfare.clone(),
            reason: WHY.to_owned(),
            ..UndoWelfareRequest::default()
        };
    }
}
