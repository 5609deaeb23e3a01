//! Registry's methods.

use prost::Message;
use proto::registry::v1::load_organisations_request as load;
use proto::registry::v1::*;
use stage::made_up::{self, basis, on, request_id};
use tests::world::{line, load_messages};
use time::macros::date;

use super::{DAY, Kind, Trial, kind_of, one};
use crate::rights::desk::{Desk, seat, step_messages};

fn founding(mine: &Desk, theirs: &Desk) -> FoundOrganisationRequest {
    FoundOrganisationRequest {
        request_id: request_id(),
        code: format!("{}-{}", mine.district.code, made_up::request_id().split_at(13).0),
        name: "CĐCS Công ty Thử".to_owned(),
        r#type: "CDCS".to_owned(),
        sector: "NNN_CP".to_owned(),
        superior_id: mine.district.id.clone(),
        basis: basis(DAY),
        founders: 6,
        employer_ids: vec![theirs.employer.clone()],
        ..FoundOrganisationRequest::default()
    }
}

fn hand_over(unit: &Desk, to: &Desk) -> HandOverOrganisationsRequest {
    HandOverOrganisationsRequest {
        request_id: request_id(),
        unit_ids: vec![unit.section.id.clone()],
        superior_id: to.other_union.id.clone(),
        basis: basis(DAY),
        ..HandOverOrganisationsRequest::default()
    }
}

fn end(unit: &Desk, rehome: Option<&Desk>) -> EndOrganisationsRequest {
    let outcome = match rehome {
        Some(_) => MembersOutcome::Rehomed,
        None => MembersOutcome::MembershipEnds,
    };
    EndOrganisationsRequest {
        request_id: request_id(),
        units: vec![end_organisations_request::Unit {
            organisation_id: unit.to_end.id.clone(),
            kind: EndKind::Dissolved.into(),
            members_outcome: outcome.into(),
            rehome_to_id: rehome.map(|desk| desk.union.id.clone()).unwrap_or_default(),
            ..end_organisations_request::Unit::default()
        }],
        basis: basis(DAY),
        ..EndOrganisationsRequest::default()
    }
}

/// A section that moves under another union as another kind of it.
fn change_type_under(unit: &Desk, to: &Desk) -> ChangeTypeRequest {
    ChangeTypeRequest {
        request_id: request_id(),
        organisation_id: unit.section.id.clone(),
        r#type: "TO_CD".to_owned(),
        superior_id: to.other_union.id.clone(),
        basis: basis(DAY),
        ..ChangeTypeRequest::default()
    }
}

fn joint_direction(unit: &Desk, director: &Desk) -> BeginJointDirectionRequest {
    BeginJointDirectionRequest {
        request_id: request_id(),
        organisation_id: unit.section.id.clone(),
        director_id: director.to_direct.id.clone(),
        effective_on: on(date!(2019 - 06 - 01)),
        ..BeginJointDirectionRequest::default()
    }
}

fn ceremony(organiser: &Desk, launched: &Desk) -> HoldCeremonyRequest {
    HoldCeremonyRequest {
        request_id: request_id(),
        organisation_id: organiser.district.id.clone(),
        kind: "LAUNCH".to_owned(),
        held_on: on(DAY),
        launched: vec![hold_ceremony_request::Launched {
            organisation_id: launched.union.id.clone(),
            decision_id: String::new(),
        }],
        ..HoldCeremonyRequest::default()
    }
}

fn survey(surveyor: &Desk, union: &Desk) -> SurveyEmployersRequest {
    SurveyEmployersRequest {
        request_id: request_id(),
        organisation_id: surveyor.district.id.clone(),
        surveyed_on: on(DAY),
        employers: vec![SurveyedEmployer {
            name: "Công ty Thử".to_owned(),
            workforce: 30,
            union_ids: vec![union.union.id.clone()],
            ..SurveyedEmployer::default()
        }],
        ..SurveyEmployersRequest::default()
    }
}

fn assignment(committee: &Desk, unit: &Desk) -> AssignUnitRequest {
    AssignUnitRequest {
        request_id: request_id(),
        steering_committee_id: committee.steering_committee.clone(),
        office_id: committee.steering_office.clone(),
        unit_id: unit.union.id.clone(),
        effective_on: on(DAY),
        ..AssignUnitRequest::default()
    }
}

fn secondment(sender: &Desk, host: &Desk) -> BeginSecondmentRequest {
    BeginSecondmentRequest {
        request_id: request_id(),
        organisation_id: sender.district.id.clone(),
        host_id: host.other_union.id.clone(),
        person_id: sender.members[6].clone(),
        effective_on: on(DAY),
        ..BeginSecondmentRequest::default()
    }
}

pub fn list(trials: &mut Vec<Trial>) {
    of_service! { trials, "registry.v1.OrganisationService",
        write "FoundOrganisation": |mine, _| FoundOrganisationRequest {
            employer_ids: Vec::new(),
            ..founding(mine, mine)
        };
        mixed "FoundOrganisation": |mine, theirs| founding(mine, theirs);
        write "RenameOrganisation": |mine, _| RenameOrganisationRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            name: "CĐCS Công ty Thử mới".to_owned(),
            effective_on: on(DAY),
            ..RenameOrganisationRequest::default()
        };
        write "HandOverOrganisations": |mine, _| hand_over(mine, mine);
        mixed "HandOverOrganisations": |mine, theirs| hand_over(mine, theirs);
        mixed "HandOverOrganisations": |mine, theirs| hand_over(theirs, mine);
        write "SuspendOrganisation": |mine, _| SuspendOrganisationRequest {
            request_id: request_id(),
            organisation_id: mine.to_suspend.id.clone(),
            basis: basis(DAY),
            ..SuspendOrganisationRequest::default()
        };
        write "ResumeOrganisation": |mine, _| ResumeOrganisationRequest {
            request_id: request_id(),
            organisation_id: mine.suspended.id.clone(),
            basis: basis(DAY),
            ..ResumeOrganisationRequest::default()
        };
        write "EndOrganisations": |mine, _| end(mine, None);
        mixed "EndOrganisations": |mine, theirs| end(mine, Some(theirs));
        mixed "EndOrganisations": |mine, theirs| end(theirs, Some(mine));
        write "ChangeSector": |mine, _| ChangeSectorRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            sector: "NNN_TNHH".to_owned(),
            effective_on: on(DAY),
            ..ChangeSectorRequest::default()
        };
        write "ChangeIndustry": |mine, _| ChangeIndustryRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            industry: "GIAO_DUC".to_owned(),
            effective_on: on(DAY),
            ..ChangeIndustryRequest::default()
        };
        read "GetOrganisation": |mine, _| GetOrganisationRequest {
            organisation_id: mine.union.id.clone(),
            ..GetOrganisationRequest::default()
        };
        read "BatchGetOrganisations": |mine, theirs| BatchGetOrganisationsRequest {
            organisation_ids: vec![mine.union.id.clone(), theirs.union.id.clone()],
            codes: vec![mine.other_union.code.clone(), theirs.other_union.code.clone()],
            ..BatchGetOrganisationsRequest::default()
        };
        read "ListChildren": |mine, _| ListChildrenRequest {
            organisation_id: mine.district.id.clone(),
            ..ListChildrenRequest::default()
        };
        read "ListSubtree": |mine, _| ListSubtreeRequest {
            organisation_id: mine.district.id.clone(),
            ..ListSubtreeRequest::default()
        };
        read "ListOrganisations": |mine, _| ListOrganisationsRequest {
            code_prefix: mine.district.code.clone(),
            ..ListOrganisationsRequest::default()
        };
        read "SearchOrganisations": |mine, _| SearchOrganisationsRequest {
            text: format!("tổ chức {}", mine.district.code),
            ..SearchOrganisationsRequest::default()
        };
        // Only her own loads are told of, and she has begun none of this name.
        read "GetLoad": |_, _| GetLoadRequest { load_id: request_id() };
    }
    of_service! { trials, "registry.v1.HistoryService",
        read "GetOrganisationTimeline": |mine, _| GetOrganisationTimelineRequest {
            organisation_id: mine.union.id.clone(),
            ..GetOrganisationTimelineRequest::default()
        };
        read "ListSuccessions": |mine, _| ListSuccessionsRequest {
            organisation_id: mine.union.id.clone(),
            direction: SuccessionDirection::Successors.into(),
            ..ListSuccessionsRequest::default()
        };
        read "CompareTrees": |mine, _| CompareTreesRequest {
            organisation_id: mine.district.id.clone(),
            from_as_of: on(DAY),
            ..CompareTreesRequest::default()
        };
        read "ListCodeBearers": |mine, _| ListCodeBearersRequest {
            code: mine.union.code.clone(),
            ..ListCodeBearersRequest::default()
        };
    }
    trials.push(Trial {
        method: "congdoan.registry.v1.OrganisationService/LoadOrganisations",
        kind: Kind::Scoped,
        writes: true,
        mixed: false,
        ask: |mine, _| load_under(&[mine]),
    });
    trials.push(Trial {
        method: "congdoan.registry.v1.OrganisationService/LoadOrganisations",
        kind: Kind::Scoped,
        writes: true,
        mixed: true,
        ask: |mine, theirs| load_under(&[mine, theirs]),
    });
    of_service! { trials, "registry.v1.CorrectionService",
        write "CorrectOrganisation": |mine, _| CorrectOrganisationRequest {
            request_id: request_id(),
            organisation_id: mine.other_union.id.clone(),
            reason: "Ghi nhầm khối".to_owned(),
            attribute: Some(correct_organisation_request::Attribute::Sector("NNN_TNHH".to_owned())),
            ..CorrectOrganisationRequest::default()
        };
        mixed "CorrectOrganisation": |mine, theirs| CorrectOrganisationRequest {
            request_id: request_id(),
            organisation_id: mine.other_union.id.clone(),
            reason: "Ghi nhầm cấp trên".to_owned(),
            attribute: Some(correct_organisation_request::Attribute::SuperiorId(
                theirs.district.id.clone(),
            )),
            ..CorrectOrganisationRequest::default()
        };
        write "UndoAct": |mine, _| UndoActRequest {
            request_id: request_id(),
            act_id: mine.act_to_undo.clone(),
            ..UndoActRequest::default()
        };
    }
    of_service! { trials, "registry.v1.DecisionService",
        write "RecordDecision": |mine, _| RecordDecisionRequest {
            request_id: request_id(),
            decision: Some(NewDecision {
                issuer_id: mine.district.id.clone(),
                ..made_up::decision(DAY)
            }),
            ..RecordDecisionRequest::default()
        };
        read "GetDecision": |mine, _| GetDecisionRequest { decision_id: mine.decision.clone() };
        write "AddDecisionAlias": |mine, _| AddDecisionAliasRequest {
            request_id: request_id(),
            decision_id: mine.decision.clone(),
            number: format!("{}/QĐ-BCH", made_up::request_id()),
            ..AddDecisionAliasRequest::default()
        };
        read "ListDecisions": |mine, _| ListDecisionsRequest {
            issuer_id: mine.district.id.clone(),
            ..ListDecisionsRequest::default()
        };
        read "GetDecisionEffects": |mine, _| GetDecisionEffectsRequest {
            decision_id: mine.decision.clone(),
            ..GetDecisionEffectsRequest::default()
        };
    }
    of_service! { trials, "registry.v1.LifeCycleService",
        write "RecogniseOrganisation": |mine, _| RecogniseOrganisationRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            kind: RecognitionKind::Organisation.into(),
            basis: basis(DAY),
            ..RecogniseOrganisationRequest::default()
        };
        write "ChangeType": |mine, _| ChangeTypeRequest {
            request_id: request_id(),
            organisation_id: mine.to_suspend.id.clone(),
            r#type: "ND_CS".to_owned(),
            basis: basis(DAY),
            ..ChangeTypeRequest::default()
        };
        mixed "ChangeType": |mine, theirs| change_type_under(mine, theirs);
        mixed "ChangeType": |mine, theirs| change_type_under(theirs, mine);
        write "SplitOff": |mine, _| SplitOffRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            parts: vec![split_off_request::Part {
                code: format!("{}-{}", mine.district.code, made_up::request_id().split_at(13).0),
                name: "CĐCS Công ty Tách".to_owned(),
                share: 40,
                ..split_off_request::Part::default()
            }],
            basis: basis(DAY),
            ..SplitOffRequest::default()
        };
    }
    of_service! { trials, "registry.v1.AttributeService",
        write "ChangeTerritory": |mine, _| ChangeTerritoryRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            communes_added: vec!["00001".to_owned()],
            effective_on: on(DAY),
            ..ChangeTerritoryRequest::default()
        };
        write "RecordSealAndAccount": |mine, _| RecordSealAndAccountRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            seal: SealStatus::InUse.into(),
            effective_on: on(DAY),
            ..RecordSealAndAccountRequest::default()
        };
        write "ChangeAliases": |mine, _| ChangeAliasesRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            added: vec!["CĐ Thử".to_owned()],
            effective_on: on(DAY),
            ..ChangeAliasesRequest::default()
        };
        write "BeginJointDirection": |mine, _| joint_direction(mine, mine);
        mixed "BeginJointDirection": |mine, theirs| joint_direction(mine, theirs);
        mixed "BeginJointDirection": |mine, theirs| joint_direction(theirs, mine);
        write "EndJointDirection": |mine, _| EndJointDirectionRequest {
            request_id: request_id(),
            organisation_id: mine.section.id.clone(),
            director_id: mine.director.id.clone(),
            effective_on: on(DAY),
            ..EndJointDirectionRequest::default()
        };
        read "GetOrganisationDetails": |mine, _| GetOrganisationDetailsRequest {
            organisation_id: mine.union.id.clone(),
            ..GetOrganisationDetailsRequest::default()
        };
    }
    of_service! { trials, "registry.v1.CongressService",
        write "HoldCongress": |mine, _| HoldCongressRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            ordinal: 1,
            held_on: on(DAY),
            term_from_year: 2020,
            term_to_year: 2025,
            form: "PLENARY".to_owned(),
            offices: vec![seat("CHAIR", &mine.members[2])],
            ..HoldCongressRequest::default()
        };
        write "HoldByElection": |mine, _| HoldByElectionRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            body: "INSPECTION".to_owned(),
            held_on: on(DAY.next_day().expect("a day")),
            offices: vec![seat("MEMBER", &mine.members[3])],
            ..HoldByElectionRequest::default()
        };
        write "AppointCommittee": |mine, _| AppointCommitteeRequest {
            request_id: request_id(),
            organisation_id: mine.other_union.id.clone(),
            body: "EXECUTIVE".to_owned(),
            offices: vec![seat("CHAIR", &mine.members[3])],
            basis: basis(DAY),
            ..AppointCommitteeRequest::default()
        };
        write "EndOffices": |mine, _| EndOfficesRequest {
            request_id: request_id(),
            office_ids: vec![mine.office_to_end.clone()],
            effective_on: on(date!(2020 - 01 - 01)),
            ..EndOfficesRequest::default()
        };
        mixed "EndOffices": |mine, theirs| EndOfficesRequest {
            request_id: request_id(),
            office_ids: vec![mine.office_to_end.clone(), theirs.office_to_end.clone()],
            effective_on: on(date!(2020 - 01 - 01)),
            ..EndOfficesRequest::default()
        };
        read "GetBodies": |mine, _| GetBodiesRequest {
            organisation_id: mine.union.id.clone(),
            ..GetBodiesRequest::default()
        };
        read "ListOffices": |mine, _| ListOfficesRequest {
            organisation_id: mine.district.id.clone(),
            ..ListOfficesRequest::default()
        };
    }
    of_service! { trials, "registry.v1.BodyService",
        read "ListTermsEnding": |mine, _| ListTermsEndingRequest {
            organisation_id: mine.district.id.clone(),
            ..ListTermsEndingRequest::default()
        };
        read "ListVacancies": |mine, _| ListVacanciesRequest {
            organisation_id: mine.district.id.clone(),
            ..ListVacanciesRequest::default()
        };
        read "ListBodiesOffSize": |mine, _| ListBodiesOffSizeRequest {
            organisation_id: mine.district.id.clone(),
            ..ListBodiesOffSizeRequest::default()
        };
        read "ListLateCongresses": |mine, _| ListLateCongressesRequest {
            organisation_id: mine.district.id.clone(),
            ..ListLateCongressesRequest::default()
        };
    }
    of_service! { trials, "registry.v1.SuccessionService",
        write "PlanSuccession": |mine, _| PlanSuccessionRequest {
            request_id: request_id(),
            organisation_id: mine.union.id.clone(),
            position: "CHAIR".to_owned(),
            term_from_year: 2025,
            term_to_year: 2030,
            planned_on: on(DAY),
            candidate_ids: vec![mine.members[2].clone()],
            ..PlanSuccessionRequest::default()
        };
        read "ListSuccessionPlans": |mine, _| ListSuccessionPlansRequest {
            organisation_id: mine.district.id.clone(),
            ..ListSuccessionPlansRequest::default()
        };
    }
    of_service! { trials, "registry.v1.SecondmentService",
        write "BeginSecondment": |mine, _| secondment(mine, mine);
        mixed "BeginSecondment": |mine, theirs| secondment(mine, theirs);
        mixed "BeginSecondment": |mine, theirs| secondment(theirs, mine);
        write "EndSecondment": |mine, _| EndSecondmentRequest {
            request_id: request_id(),
            secondment_id: mine.secondment.clone(),
            effective_on: on(DAY),
            ..EndSecondmentRequest::default()
        };
        read "ListSecondments": |mine, _| ListSecondmentsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListSecondmentsRequest::default()
        };
    }
    of_service! { trials, "registry.v1.CeremonyService",
        write "HoldCeremony": |mine, _| ceremony(mine, mine);
        mixed "HoldCeremony": |mine, theirs| ceremony(mine, theirs);
        mixed "HoldCeremony": |mine, theirs| ceremony(theirs, mine);
        read "GetCeremony": |mine, _| GetCeremonyRequest { ceremony_id: mine.ceremony.clone() };
    }
    of_service! { trials, "registry.v1.EmployerService",
        write "SurveyEmployers": |mine, _| survey(mine, mine);
        mixed "SurveyEmployers": |mine, theirs| survey(mine, theirs);
        mixed "SurveyEmployers": |mine, theirs| survey(theirs, mine);
        write "ReachCampaignStage": |mine, _| ReachCampaignStageRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            employer_id: mine.employer.clone(),
            stage: "ELIGIBLE".to_owned(),
            reached_on: on(DAY),
            ..ReachCampaignStageRequest::default()
        };
        mixed "ReachCampaignStage": |mine, theirs| ReachCampaignStageRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            employer_id: theirs.employer.clone(),
            stage: "ELIGIBLE".to_owned(),
            reached_on: on(DAY),
            ..ReachCampaignStageRequest::default()
        };
        read "ListEmployersWithoutUnion": |mine, _| ListEmployersWithoutUnionRequest {
            organisation_id: mine.district.id.clone(),
            ..ListEmployersWithoutUnionRequest::default()
        };
        read "ListEmployers": |mine, _| ListEmployersRequest {
            organisation_id: mine.district.id.clone(),
            ..ListEmployersRequest::default()
        };
        read "GetEmployer": |mine, _| GetEmployerRequest { employer_id: mine.employer.clone() };
        read "ListCampaigns": |mine, _| ListCampaignsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListCampaignsRequest::default()
        };
        read "GetCampaignFunnel": |mine, _| GetCampaignFunnelRequest {
            organisation_id: mine.district.id.clone(),
            ..GetCampaignFunnelRequest::default()
        };
    }
    of_service! { trials, "registry.v1.SteeringService",
        write "EstablishSteeringCommittee": |mine, _| EstablishSteeringCommitteeRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            name: "Ban Chỉ đạo thử".to_owned(),
            members: vec![seat("HEAD", &mine.members[2])],
            effective_on: on(DAY),
            ..EstablishSteeringCommitteeRequest::default()
        };
        write "AssignUnit": |mine, _| assignment(mine, mine);
        mixed "AssignUnit": |mine, theirs| assignment(mine, theirs);
        mixed "AssignUnit": |mine, theirs| assignment(theirs, mine);
        write "EndUnitAssignment": |mine, _| EndUnitAssignmentRequest {
            request_id: request_id(),
            assignment_id: mine.assignment.clone(),
            effective_on: on(DAY),
            ..EndUnitAssignmentRequest::default()
        };
        write "CompleteSteeringCommittee": |mine, _| CompleteSteeringCommitteeRequest {
            request_id: request_id(),
            steering_committee_id: mine.steering_committee.clone(),
            members: vec![seat("MEMBER", &mine.members[4])],
            effective_on: on(DAY),
            ..CompleteSteeringCommitteeRequest::default()
        };
        read "ListSteeringCommittees": |mine, _| ListSteeringCommitteesRequest {
            organisation_id: mine.district.id.clone(),
            ..ListSteeringCommitteesRequest::default()
        };
        read "ListUnitFollowers": |mine, _| ListUnitFollowersRequest {
            organisation_id: mine.other_union.id.clone(),
            ..ListUnitFollowersRequest::default()
        };
        read "ListUnitAssignments": |mine, _| ListUnitAssignmentsRequest {
            steering_committee_id: mine.steering_committee.clone(),
            ..ListUnitAssignmentsRequest::default()
        };
    }
    of_service! { trials, "registry.v1.PlanService",
        write "CreatePlan": |mine, _| CreatePlanRequest {
            request_id: request_id(),
            organisation_id: mine.district.id.clone(),
            name: "Sắp xếp".to_owned(),
            basis: basis(DAY),
            ..CreatePlanRequest::default()
        };
        read "GetPlan": |mine, _| GetPlanRequest { plan_id: mine.plan.clone() };
        read "ListPlans": |mine, _| ListPlansRequest {
            organisation_id: mine.district.id.clone(),
            ..ListPlansRequest::default()
        };
        read "ListPlanSteps": |mine, _| ListPlanStepsRequest {
            plan_id: mine.plan.clone(),
            ..ListPlanStepsRequest::default()
        };
        read "ListPlanConflicts": |mine, _| ListPlanConflictsRequest {
            plan_id: mine.plan.clone(),
            ..ListPlanConflictsRequest::default()
        };
        read "ListEndingUnits": |mine, _| ListEndingUnitsRequest { plan_id: mine.plan.clone() };
        write "CommitPlan": |mine, _| CommitPlanRequest {
            request_id: request_id(),
            plan_id: mine.plan_to_commit.clone(),
            ..CommitPlanRequest::default()
        };
        write "UndoPlan": |mine, _| UndoPlanRequest {
            request_id: request_id(),
            plan_id: mine.plan_to_undo.clone(),
            ..UndoPlanRequest::default()
        };
    }
    trials.push(Trial {
        method: "congdoan.registry.v1.PlanService/AddPlanSteps",
        kind: Kind::Scoped,
        writes: true,
        mixed: false,
        ask: |mine, _| {
            let messages = step_messages(&mine.plan, 2, &mine.union.id);
            messages.iter().map(Message::encode_to_vec).collect()
        },
    });
    of_service! { trials, "registry.v1.PlanService",
        write "ReplacePlanStep": |mine, _| ReplacePlanStepRequest {
            request_id: request_id(),
            plan_id: mine.plan.clone(),
            step: Some(PlanStep {
                line: 1,
                kind: plan_step::Kind::Rename.into(),
                unit: mine.other_union.id.clone(),
                short_name: "CĐ thử".to_owned(),
                ..PlanStep::default()
            }),
            ..ReplacePlanStepRequest::default()
        };
        write "RemovePlanSteps": |mine, _| RemovePlanStepsRequest {
            request_id: request_id(),
            plan_id: mine.plan.clone(),
            lines: vec![2],
            ..RemovePlanStepsRequest::default()
        };
        write "CopyPlan": |mine, _| CopyPlanRequest {
            request_id: request_id(),
            plan_id: mine.plan_to_undo.clone(),
            ..CopyPlanRequest::default()
        };
    }
    of_service! { trials, "registry.v1.ReferenceService",
        read "ListOrganisationTypes": |_, _| ListOrganisationTypesRequest::default();
        read "ListSectors": |_, _| ListSectorsRequest::default();
        read "ListIndustries": |_, _| ListIndustriesRequest::default();
        read "ListRoles": |_, _| ListRolesRequest::default();
        write "LoadReference": |_, _| LoadReferenceRequest {
            request_id: request_id(),
            list: ReferenceList::DocumentKinds.into(),
            csv: "code,name_vi\nQUYET_DINH,Quyết định\n".into(),
            basis: basis(DAY),
            ..LoadReferenceRequest::default()
        };
    }
    // After its steps: none are added while it is tried.
    of_service! { trials, "registry.v1.PlanService",
        write "DryRunPlan": |mine, _| DryRunPlanRequest {
            request_id: request_id(),
            plan_id: mine.plan.clone(),
            ..DryRunPlanRequest::default()
        };
    }
    of_service! { trials, "registry.v1.OperationService",
        read "GetOperation": |mine, _| GetOperationRequest { name: mine.plan_operation.clone() };
        read "WaitOperation": |mine, _| WaitOperationRequest {
            name: mine.plan_operation.clone(),
            timeout_ms: 1,
        };
        read "ListOperations": |mine, _| ListOperationsRequest {
            plan_id: mine.plan.clone(),
            ..ListOperationsRequest::default()
        };
    }
    of_service! { trials, "registry.v1.GrantService",
        write "MakeGrant": |mine, _| MakeGrantRequest {
            request_id: request_id(),
            issuer: "https://login.example".to_owned(),
            subject: "somebody".to_owned(),
            role: "READER".to_owned(),
            organisation_id: mine.union.id.clone(),
            ..MakeGrantRequest::default()
        };
        write "EndGrant": |mine, _| EndGrantRequest {
            request_id: request_id(),
            grant_id: mine.grant.clone(),
            ..EndGrantRequest::default()
        };
        read "ListGrants": |mine, _| ListGrantsRequest {
            organisation_id: mine.district.id.clone(),
            ..ListGrantsRequest::default()
        };
    }
}

/// A load of one union under each of the districts.
fn load_under(desks: &[&Desk]) -> Vec<Vec<u8>> {
    let unique = request_id();
    let lines: Vec<load::Line> = desks
        .iter()
        .map(|desk| {
            let code = format!("{}-{}", desk.district.code, &unique[..13]);
            line(&code, "CDCS", &desk.district.code)
        })
        .collect();
    load_messages(unique, &lines).iter().map(Message::encode_to_vec).collect()
}
