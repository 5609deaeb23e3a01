//! Membership's methods.

use prost::Message;
use proto::membership::v1::*;
use stage::made_up::{known, on, people, person, request_id};

use super::{DAY, Kind, Trial, kind_of, one};
use crate::rights::desk::Desk;
use crate::rights::in_motion::{
    discipline, dormancy, issuing, losing, merging, naming, offer, parking,
};

fn admission(union: &Desk, lines: Vec<PersonLine>) -> AdmitMembersRequest {
    tests::world::admission(&union.union, DAY, lines)
}

fn course(organiser: &Desk, attendant: &Desk) -> HoldTrainingCourseRequest {
    HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: organiser.district.id.clone(),
        title: "Nghiệp vụ công đoàn".to_owned(),
        topics: vec!["UNION_WORK".to_owned()],
        starts_on: on(DAY),
        attendances: vec![Attendance {
            person_id: attendant.members[0].clone(),
            organisation_id: attendant.union.id.clone(),
            attended_on: None,
        }],
        ..HoldTrainingCourseRequest::default()
    }
}

fn transfer(from: &Desk, to: &Desk) -> TransferMembersRequest {
    TransferMembersRequest {
        request_id: request_id(),
        from_organisation_id: from.union.id.clone(),
        to_organisation_id: to.other_union.id.clone(),
        effective_on: on(DAY),
        person_ids: vec![from.members[2].clone()],
        ..TransferMembersRequest::default()
    }
}

fn exit(union: &Desk, member: &Desk) -> ExitMembersRequest {
    ExitMembersRequest {
        request_id: request_id(),
        organisation_id: union.union.id.clone(),
        reason: ExitReason::Retired.into(),
        effective_on: on(DAY),
        person_ids: vec![member.members[4].clone()],
        ..ExitMembersRequest::default()
    }
}

fn delegation(sender: &Desk, delegate: &Desk) -> SendDelegationRequest {
    SendDelegationRequest {
        request_id: request_id(),
        organisation_id: sender.union.id.clone(),
        host_id: sender.district.id.clone(),
        event: "CONFERENCE".to_owned(),
        held_on: on(DAY),
        delegates: vec![Delegate {
            person_id: delegate.members[0].clone(),
            organisation_id: delegate.union.id.clone(),
        }],
        ..SendDelegationRequest::default()
    }
}

fn referral(union: &Desk, person: &Desk) -> ReferToPartyRequest {
    ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: union.union.id.clone(),
        referred_on: on(DAY),
        lines: vec![known(&person.members[3])],
        ..ReferToPartyRequest::default()
    }
}

fn recommendation(union: &Desk, person: &Desk) -> RecommendCadreRequest {
    RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: union.union.id.clone(),
        recommended_on: on(DAY),
        lines: vec![recommend_cadre_request::Line {
            person_id: person.members[0].clone(),
            purposes: vec![CadrePurpose::Planning.into()],
        }],
        ..RecommendCadreRequest::default()
    }
}

fn mending(ended: &Desk, person_id: &str) -> MendConsequenceRequest {
    MendConsequenceRequest {
        request_id: request_id(),
        registry_act_id: ended.act_of_end.clone(),
        organisation_id: ended.ended.id.clone(),
        person_ids: vec![person_id.to_owned()],
        ..MendConsequenceRequest::default()
    }
}

/// An import of two people into a union.
fn import_into(union: &Desk) -> Vec<Vec<u8>> {
    use import_members_request::{Header, Lines, Part};
    let header = Header {
        request_id: request_id(),
        organisation_id: union.union.id.clone(),
        kind: AdmissionKind::Recognised.into(),
        effective_on: on(DAY),
        ..Header::default()
    };
    let lines = people(2).into_iter();
    let lines = lines.map(|person| ImportLine { person: Some(person), ..ImportLine::default() });
    [Part::Header(header), Part::Lines(Lines { lines: lines.collect() })]
        .map(|part| ImportMembersRequest { part: Some(part) }.encode_to_vec())
        .to_vec()
}

/// A file of one person, to be taken into a union.
fn file_into(union: &Desk) -> Vec<Vec<u8>> {
    let header = import_file_request::Header {
        request_id: request_id(),
        organisation_id: union.union.id.clone(),
        kind: AdmissionKind::Recognised.into(),
        effective_on: on(DAY),
        ..import_file_request::Header::default()
    };
    let data = "Họ và tên;Năm sinh\nLê Thị Tệp;1990\n".as_bytes().to_vec().into();
    let body = proto::google::api::HttpBody { data, ..Default::default() };
    one(ImportFileRequest { header: Some(header), file: Some(body) })
}

pub fn list(trials: &mut Vec<Trial>) {
    trials.push(Trial {
        method: "congdoan.membership.v1.ImportService/ImportFile",
        kind: Kind::Scoped,
        writes: true,
        mixed: false,
        ask: |mine, _| file_into(mine),
    });
    of_service! { trials, "membership.v1.ExportService",
        // Named as its union is, so that the others can ask for it.
        write "ExportMembers": |mine, _| ExportMembersRequest {
            request_id: mine.union.id.clone(),
            organisation_id: mine.union.id.clone(),
            format: FileFormat::Csv.into(),
            with_identity: true,
            ..ExportMembersRequest::default()
        };
        read "GetExport": |mine, _| GetExportRequest { export_id: mine.union.id.clone() };
        read "DownloadExport": |mine, _| DownloadExportRequest {
            export_id: mine.union.id.clone(),
        };
        write "CancelExport": |mine, _| CancelExportRequest {
            request_id: request_id(),
            export_id: mine.union.id.clone(),
            ..CancelExportRequest::default()
        };
    }
    trials.push(Trial {
        method: "congdoan.membership.v1.ImportService/ImportMembers",
        kind: Kind::Scoped,
        writes: true,
        mixed: false,
        ask: |mine, _| import_into(mine),
    });
    of_service! { trials, "membership.v1.ImportService",
        // Only her own imports are told of, and she has begun none of these names.
        read "GetImport": |_, _| GetImportRequest { import_id: request_id() };
        read "ExportRefusedLines": |_, _| ExportRefusedLinesRequest {
            import_id: request_id(),
            format: FileFormat::Csv.into(),
        };
        read "ListImportLines": |_, _| ListImportLinesRequest {
            import_id: request_id(),
            ..ListImportLinesRequest::default()
        };
    }
    of_service! { trials, "membership.v1.ApplicationService",
        write "RecordApplicants": |mine, _| RecordApplicantsRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            applied_on: on(chassis::database::today()),
            applicants: vec![person()],
            ..RecordApplicantsRequest::default()
        };
        read "GetApplication": |mine, _| GetApplicationRequest {
            application_id: mine.application.clone(),
            ..GetApplicationRequest::default()
        };
        read "ListApplications": |mine, _| ListApplicationsRequest {
            organisation_id: mine.union.id.clone(),
            ..ListApplicationsRequest::default()
        };
    }
    of_service! { trials, "membership.v1.MembershipService",
        write "AdmitMembers": |mine, _| admission(mine, people(2));
        mixed "AdmitMembers": |mine, theirs| admission(mine, vec![known(&theirs.members[0])]);
        write "TransferMembers": |mine, _| transfer(mine, mine);
        mixed "TransferMembers": |mine, theirs| transfer(mine, theirs);
        mixed "TransferMembers": |mine, theirs| transfer(theirs, mine);
        write "ExitMembers": |mine, _| exit(mine, mine);
        read "GetMember": |mine, _| GetMemberRequest {
            person_id: mine.members[5].clone(),
            ..GetMemberRequest::default()
        };
        read "ListMembers": |mine, _| ListMembersRequest {
            organisation_id: mine.union.id.clone(),
            ..ListMembersRequest::default()
        };
        read "ListMembers": |mine, _| ListMembersRequest {
            organisation_id: mine.district.id.clone(),
            with_subtree: true,
            ..ListMembersRequest::default()
        };
        read "SearchMembers": |mine, _| SearchMembersRequest {
            text: "a".to_string(),
            within_id: mine.district.id.clone(),
            ..SearchMembersRequest::default()
        };
        read "FindPerson": |mine, _| FindPersonRequest {
            identity_number: mine.identity_number.clone(),
            ..FindPersonRequest::default()
        };
        read "CountMembers": |mine, _| CountMembersRequest {
            organisation_ids: vec![mine.union.id.clone()],
            ..CountMembersRequest::default()
        };
    }
    of_service! { trials, "membership.v1.TrainingService",
        write "HoldTrainingCourse": |mine, _| course(mine, mine);
        mixed "HoldTrainingCourse": |mine, theirs| course(mine, theirs);
        mixed "HoldTrainingCourse": |mine, theirs| course(theirs, mine);
        mixed "HoldTrainingCourse": |mine, theirs| {
            // Her own officer, but counted for the neighbour.
            let mut course = course(mine, mine);
            course.attendances[0].organisation_id = theirs.union.id.clone();
            course
        };
        read "GetTrainingCourse": |mine, _| GetTrainingCourseRequest {
            course_id: mine.course.clone(),
            known_at: None,
        };
        read "ListTrainingCourses": |mine, _| ListTrainingCoursesRequest {
            organisation_id: mine.district.id.clone(),
            ..ListTrainingCoursesRequest::default()
        };
    }
    of_service! { trials, "membership.v1.PartyService",
        write "ReferToParty": |mine, _| referral(mine, mine);
        mixed "ReferToParty": |mine, theirs| referral(mine, theirs);
        write "AdmitToParty": |mine, _| AdmitToPartyRequest {
            request_id: request_id(),
            admitted_on: on(DAY),
            referral_ids: vec![mine.referral.clone()],
            ..AdmitToPartyRequest::default()
        };
        mixed "AdmitToParty": |mine, theirs| AdmitToPartyRequest {
            request_id: request_id(),
            admitted_on: on(DAY),
            referral_ids: vec![mine.referral.clone(), theirs.referral.clone()],
            ..AdmitToPartyRequest::default()
        };
        write "ConfirmInParty": |mine, _| ConfirmInPartyRequest {
            request_id: request_id(),
            confirmed_on: on(DAY),
            referral_ids: vec![mine.happened.candidate.clone()],
            ..ConfirmInPartyRequest::default()
        };
        mixed "ConfirmInParty": |mine, theirs| ConfirmInPartyRequest {
            request_id: request_id(),
            confirmed_on: on(DAY),
            referral_ids: vec![mine.happened.candidate.clone(), theirs.happened.candidate.clone()],
            ..ConfirmInPartyRequest::default()
        };
        read "ListPartyReferrals": |mine, _| ListPartyReferralsRequest {
            organisation_id: mine.union.id.clone(),
            ..ListPartyReferralsRequest::default()
        };
    }
    of_service! { trials, "membership.v1.CadreService",
        write "RecommendCadre": |mine, _| recommendation(mine, mine);
        mixed "RecommendCadre": |mine, theirs| recommendation(mine, theirs);
        read "ListCadreRecommendations": |mine, _| ListCadreRecommendationsRequest {
            organisation_id: mine.union.id.clone(),
            ..ListCadreRecommendationsRequest::default()
        };
    }
    of_service! { trials, "membership.v1.DelegationService",
        write "SendDelegation": |mine, _| delegation(mine, mine);
        mixed "SendDelegation": |mine, theirs| delegation(mine, theirs);
        mixed "SendDelegation": |mine, theirs| delegation(theirs, mine);
        mixed "SendDelegation": |mine, theirs| {
            let mut delegation = delegation(mine, mine);
            delegation.delegates[0].organisation_id = theirs.union.id.clone();
            delegation
        };
        read "GetDelegation": |mine, _| GetDelegationRequest {
            delegation_id: mine.delegation.clone(),
            known_at: None,
        };
    }
    of_service! { trials, "membership.v1.TransferOfferService",
        write "OfferTransfer": |mine, _| offer(&mine.union, &mine.other_union, &mine.in_motion.free[0]);
        write "AcceptTransfer": |mine, _| AcceptTransferRequest {
            request_id: request_id(),
            offer_id: mine.in_motion.to_accept.clone(),
            effective_on: on(chassis::database::today()),
            ..AcceptTransferRequest::default()
        };
        write "DeclineTransfer": |mine, _| DeclineTransferRequest {
            request_id: request_id(),
            offer_id: mine.in_motion.to_decline.clone(),
            ..DeclineTransferRequest::default()
        };
        write "WithdrawOffer": |mine, _| WithdrawOfferRequest {
            request_id: request_id(),
            offer_id: mine.in_motion.to_withdraw.clone(),
            ..WithdrawOfferRequest::default()
        };
        read "ListTransferOffers": |mine, _| ListTransferOffersRequest {
            organisation_id: mine.union.id.clone(),
            direction: OfferDirection::Outgoing.into(),
            ..ListTransferOffersRequest::default()
        };
    }
    of_service! { trials, "membership.v1.StandingService",
        write "MakeDormant": |mine, _| dormancy(&mine.union, &mine.in_motion.free[1]);
        write "EndDormancy": |mine, _| EndDormancyRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            effective_on: on(DAY),
            person_ids: vec![mine.in_motion.dormant.clone()],
            ..EndDormancyRequest::default()
        };
        write "ParkMembers": |mine, _| {
            parking(&mine.union, &mine.other_union, &mine.in_motion.free[2])
        };
        write "EndParking": |mine, _| EndParkingRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            effective_on: on(DAY),
            person_ids: vec![mine.in_motion.parked.clone()],
            ..EndParkingRequest::default()
        };
        write "NameHonoraryMembers": |mine, _| naming(&mine.union, &mine.in_motion.former);
        mixed "NameHonoraryMembers": |mine, theirs| naming(&mine.union, &theirs.in_motion.former);
        write "EndHonoraryMemberships": |mine, _| EndHonoraryMembershipsRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            effective_on: on(DAY),
            person_ids: vec![mine.in_motion.honorary.clone()],
            ..EndHonoraryMembershipsRequest::default()
        };
        read "ListStandings": |mine, _| ListStandingsRequest {
            organisation_id: mine.union.id.clone(),
            kind: StandingKind::Dormant.into(),
            ..ListStandingsRequest::default()
        };
    }
    of_service! { trials, "membership.v1.CardService",
        write "IssueCards": |mine, _| {
            issuing(&mine.union, std::slice::from_ref(&mine.in_motion.cards.without))
        };
        mixed "IssueCards": |mine, theirs| {
            issuing(&mine.union, std::slice::from_ref(&theirs.in_motion.cards.without))
        };
        write "ReportCardLost": |mine, _| losing(&mine.in_motion.cards.to_lose);
        write "ReplaceCard": |mine, _| ReplaceCardRequest {
            request_id: request_id(),
            card_id: mine.in_motion.cards.to_replace.clone(),
            issued_on: on(DAY),
            ..ReplaceCardRequest::default()
        };
        write "RevokeCard": |mine, _| RevokeCardRequest {
            request_id: request_id(),
            card_id: mine.in_motion.cards.to_revoke.clone(),
            revoked_on: on(DAY),
            reason: "cấp nhầm".to_owned(),
            ..RevokeCardRequest::default()
        };
        write "IssueCardsToRoll": |mine, _| IssueCardsToRollRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            issued_on: on(DAY),
            ..IssueCardsToRollRequest::default()
        };
        read "FindCard": |mine, _| FindCardRequest {
            number: mine.in_motion.cards.number.clone(),
            ..FindCardRequest::default()
        };
        read "ListCards": |mine, _| ListCardsRequest {
            person_id: mine.in_motion.cards.holders[0].clone(),
            ..ListCardsRequest::default()
        };
        read "ListCardKeys": |_, _| ListCardKeysRequest {};
    }
    of_service! { trials, "membership.v1.DuplicateService",
        read "ListDuplicateCandidates": |mine, _| ListDuplicateCandidatesRequest {
            organisation_id: mine.union.id.clone(),
            ..ListDuplicateCandidatesRequest::default()
        };
        write "DismissDuplicate": |mine, _| DismissDuplicateRequest {
            request_id: request_id(),
            person_id: mine.in_motion.twins.likely.0.clone(),
            other_id: mine.in_motion.twins.likely.1.clone(),
            reason: "hai người khác nhau".to_owned(),
            ..DismissDuplicateRequest::default()
        };
        write "MergePersons": |mine, _| {
            merging(&mine.in_motion.twins.one.0, &mine.in_motion.twins.one.1)
        };
        mixed "MergePersons": |mine, theirs| {
            merging(&mine.in_motion.twins.likely.0, &theirs.in_motion.twins.likely.0)
        };
        write "UnmergePersons": |mine, _| UnmergePersonsRequest {
            request_id: request_id(),
            person_id: mine.in_motion.twins.merged.clone(),
            reason: "hai người khác nhau".to_owned(),
            ..UnmergePersonsRequest::default()
        };
    }
    of_service! { trials, "membership.v1.DisciplineService",
        write "DisciplineMembers": |mine, _| discipline(&mine.union, &mine.in_motion.free[3]);
        write "EndDiscipline": |mine, _| EndDisciplineRequest {
            request_id: request_id(),
            discipline_id: mine.in_motion.to_lift.clone(),
            outcome: DisciplineEnd::Lifted.into(),
            effective_on: on(DAY),
            ..EndDisciplineRequest::default()
        };
        read "ListDiscipline": |mine, _| ListDisciplineRequest {
            organisation_id: mine.union.id.clone(),
            ..ListDisciplineRequest::default()
        };
    }
    of_service! { trials, "membership.v1.CorrectionService",
        write "UndoStanding": |mine, _| UndoStandingRequest {
            request_id: request_id(),
            standing_id: mine.in_motion.to_undo.clone(),
            reason: "ghi nhầm".to_owned(),
            ..UndoStandingRequest::default()
        };
        write "CorrectStanding": |mine, _| CorrectStandingRequest {
            request_id: request_id(),
            standing_id: mine.in_motion.to_correct.clone(),
            reason: "ghi nhầm".to_owned(),
            effective_on: on(DAY),
            ..CorrectStandingRequest::default()
        };
        write "UndoCardIssue": |mine, _| UndoCardIssueRequest {
            request_id: request_id(),
            issue_id: mine.in_motion.cards.to_undo.clone(),
            reason: "ghi nhầm".to_owned(),
            ..UndoCardIssueRequest::default()
        };
        write "CorrectCardIssue": |mine, _| CorrectCardIssueRequest {
            request_id: request_id(),
            issue_id: mine.in_motion.cards.to_correct.clone(),
            reason: "ghi nhầm".to_owned(),
            issued_on: on(DAY),
            ..CorrectCardIssueRequest::default()
        };
        write "UndoCardEnd": |mine, _| UndoCardEndRequest {
            request_id: request_id(),
            card_id: mine.in_motion.cards.found_again.clone(),
            reason: "đã tìm thấy".to_owned(),
            ..UndoCardEndRequest::default()
        };
        write "UndoDiscipline": |mine, _| UndoDisciplineRequest {
            request_id: request_id(),
            discipline_id: mine.in_motion.to_take_back.clone(),
            reason: "ghi nhầm".to_owned(),
            ..UndoDisciplineRequest::default()
        };
        write "CorrectDisciplineEnd": |mine, _| CorrectDisciplineEndRequest {
            request_id: request_id(),
            discipline_id: mine.in_motion.overturned.clone(),
            reason: "ghi nhầm".to_owned(),
            holds_still: true,
            ..CorrectDisciplineEndRequest::default()
        };
        write "UndoMovement": |mine, _| UndoMovementRequest {
            request_id: request_id(),
            movement_id: mine.doubtful.0.clone(),
            person_ids: vec![mine.doubtful.1[0].clone()],
            reason: "ghi nhầm".to_owned(),
            ..UndoMovementRequest::default()
        };
        write "CorrectMovement": |mine, _| CorrectMovementRequest {
            request_id: request_id(),
            movement_id: mine.doubtful.0.clone(),
            person_ids: vec![mine.doubtful.1[1].clone()],
            reason: "ghi nhầm".to_owned(),
            admission_kind: AdmissionKind::Recognised.into(),
            ..CorrectMovementRequest::default()
        };
        mixed "CorrectMovement": |mine, theirs| CorrectMovementRequest {
            request_id: request_id(),
            movement_id: mine.doubtful.0.clone(),
            person_ids: vec![mine.doubtful.1[1].clone()],
            reason: "ghi nhầm".to_owned(),
            to_organisation_id: theirs.union.id.clone(),
            ..CorrectMovementRequest::default()
        };
        write "CorrectPerson": |mine, _| CorrectPersonRequest {
            request_id: request_id(),
            person_id: mine.doubtful.1[2].clone(),
            reason: "theo căn cước".to_owned(),
            name: "Trần Văn Khác".to_owned(),
            ..CorrectPersonRequest::default()
        };
        read "ListCorrections": |mine, _| ListCorrectionsRequest {
            about_id: mine.doubtful.0.clone(),
            ..ListCorrectionsRequest::default()
        };
    }
    of_service! { trials, "membership.v1.ConsequenceService",
        read "ListConsequences": |_, _| ListConsequencesRequest {
            include_finished: true,
            ..ListConsequencesRequest::default()
        };
        read "ListPassedOver": |mine, _| ListPassedOverRequest {
            registry_act_id: mine.act_of_end.clone(),
            organisation_id: mine.ended.id.clone(),
            ..ListPassedOverRequest::default()
        };
        write "MendConsequence": |mine, _| mending(mine, &mine.left);
        read "ListLaterMovements": |mine, _| ListLaterMovementsRequest {
            organisation_ids: vec![mine.union.id.clone()],
            ended_on: on(DAY),
            ..ListLaterMovementsRequest::default()
        };
    }
}
