//! One request per method, as an officer would send it about the things on a desk.

use prost::Message;
use proto::feed::v1::WatchRequest;
use proto::gateway::v1::*;
use proto::membership::v1::*;
use proto::registry::v1::load_organisations_request as load;
use proto::registry::v1::*;
use proto::reporting::v1::*;
use tests::made_up::{self, basis, known, on, people, period, person, request_id};
use tests::world::{line, load_messages};
use time::Date;
use time::macros::date;

use super::desk::{Desk, seat};

/// The day on which most of it happens.
const DAY: Date = date!(2020 - 05 - 01);

/// What a method owes to somebody who asks about another's things.
pub enum Kind {
    /// A refusal that says no more than that they are unknown.
    Scoped,
    /// An answer without them.
    Filtered,
    /// The same answer as to everybody: it is about nothing that belongs to anybody.
    Public,
    /// Nothing: no such method is open to the outside.
    ForServices,
}

/// A method, tried.
pub struct Trial {
    /// `congdoan.registry.v1.DecisionService/GetDecision`.
    pub method: &'static str,
    pub kind: Kind,
    /// It would change something.
    pub writes: bool,
    /// It is about things of both desks, and refused for those of the second.
    pub mixed: bool,
    /// The messages, for the desk that it is about and another.
    pub ask: fn(&Desk, &Desk) -> Vec<Vec<u8>>,
}

fn one(message: impl Message) -> Vec<Vec<u8>> {
    vec![message.encode_to_vec()]
}

fn kind_of(method: &str) -> Kind {
    const PUBLIC: [&str; 3] = ["/ListIndicators", "/ListSchemes", "/ListTemplates"];
    const FILTERED: [&str; 3] =
        ["/BatchGetOrganisations", "/SearchOrganisations", "/ListConsequences"];
    if PUBLIC.iter().any(|name| method.ends_with(name)) {
        Kind::Public
    } else if FILTERED.iter().any(|name| method.ends_with(name)) {
        Kind::Filtered
    } else if method.ends_with("/Watch") {
        Kind::ForServices
    } else {
        Kind::Scoped
    }
}

/// Lists trials of one service: `write`, `read`, or `mixed`, which is a write about both.
macro_rules! of_service {
    ($trials:ident, $service:literal, $($sort:ident $method:literal: |$mine:pat_param, $theirs:pat_param| $message:expr;)*) => {
        $(
            let method = concat!("congdoan.", $service, "/", $method);
            let sort = stringify!($sort);
            $trials.push(Trial {
                method,
                kind: kind_of(method),
                writes: sort != "read",
                mixed: sort == "mixed",
                ask: |$mine: &Desk, $theirs: &Desk| one($message),
            });
        )*
    };
}

/// Every method; some once more with things of both desks.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    registry(&mut trials);
    membership(&mut trials);
    reporting(&mut trials);
    gateway(&mut trials);
    // What takes a union away comes last.
    trials.sort_by_key(|trial| trial.method.ends_with("/EndOrganisations"));
    trials
}

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

fn registry(trials: &mut Vec<Trial>) {
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
        read "SearchOrganisations": |mine, _| SearchOrganisationsRequest {
            text: format!("tổ chức {}", mine.district.code),
            ..SearchOrganisationsRequest::default()
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
        read "ListUnitAssignments": |mine, _| ListUnitAssignmentsRequest {
            steering_committee_id: mine.steering_committee.clone(),
            ..ListUnitAssignmentsRequest::default()
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

fn membership(trials: &mut Vec<Trial>) {
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
        read "GetMember": |mine, _| GetMemberRequest { person_id: mine.members[5].clone() };
        read "ListMembers": |mine, _| ListMembersRequest {
            organisation_id: mine.union.id.clone(),
            ..ListMembersRequest::default()
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
        };
    }
    of_service! { trials, "membership.v1.ConsequenceService",
        read "ListConsequences": |_, _| ListConsequencesRequest {
            include_finished: true,
            ..ListConsequencesRequest::default()
        };
    }
}

fn reporting(trials: &mut Vec<Trial>) {
    of_service! { trials, "reporting.v1.FigureService",
        read "ListIndicators": |_, _| ListIndicatorsRequest {};
        read "QueryFigures": |mine, _| QueryFiguresRequest {
            indicators: vec!["MBR_STOCK".to_owned()],
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..QueryFiguresRequest::default()
        };
        read "ExplainFigure": |mine, _| ExplainFigureRequest {
            indicator: "MBR_STOCK".to_owned(),
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..ExplainFigureRequest::default()
        };
        read "GetBook": |mine, _| GetBookRequest {
            organisation_id: mine.district.id.clone(),
            period: period(DAY, DAY),
            ..GetBookRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.TargetService",
        write "AssignTarget": |mine, _| AssignTargetRequest {
            request_id: request_id(),
            indicator: "MBR_ADMITTED".to_owned(),
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            issuer_id: mine.district.id.clone(),
            value: 10,
            value_unit: ValueUnit::Count.into(),
            comparator: Comparator::GreaterOrEqual.into(),
            ..AssignTargetRequest::default()
        };
        write "AssignTarget": |mine, _| AssignTargetRequest {
            request_id: request_id(),
            indicator: "MBR_ADMITTED".to_owned(),
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            issuer_name: "Huyện ủy".to_owned(),
            value: 10,
            value_unit: ValueUnit::Count.into(),
            comparator: Comparator::GreaterOrEqual.into(),
            ..AssignTargetRequest::default()
        };
        mixed "AssignTarget": |mine, theirs| AssignTargetRequest {
            request_id: request_id(),
            indicator: "MBR_ADMITTED".to_owned(),
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            issuer_id: theirs.district.id.clone(),
            value: 10,
            value_unit: ValueUnit::Count.into(),
            comparator: Comparator::GreaterOrEqual.into(),
            ..AssignTargetRequest::default()
        };
        read "ListTargets": |mine, _| ListTargetsRequest {
            organisation_id: mine.union.id.clone(),
            ..ListTargetsRequest::default()
        };
        read "GetTargetCascade": |mine, _| GetTargetCascadeRequest {
            organisation_id: mine.union.id.clone(),
            indicator: "MBR_ADMITTED".to_owned(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..GetTargetCascadeRequest::default()
        };
        read "MeasureTargets": |mine, _| MeasureTargetsRequest {
            organisation_id: mine.union.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..MeasureTargetsRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.RatingService",
        write "RecordRatings": |mine, _| rating(&[mine]);
        mixed "RecordRatings": |mine, theirs| rating(&[mine, theirs]);
        read "ListSchemes": |_, _| ListSchemesRequest {};
    }
    of_service! { trials, "reporting.v1.ActivityService",
        write "RecordActivities": |mine, _| activities(&[mine]);
        mixed "RecordActivities": |mine, theirs| activities(&[mine, theirs]);
    }
    of_service! { trials, "reporting.v1.PeriodicReportService",
        read "ListReportsDue": |mine, _| ListReportsDueRequest {
            organisation_id: mine.district.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..ListReportsDueRequest::default()
        };
    }
    of_service! { trials, "reporting.v1.ReportService",
        read "ListTemplates": |_, _| ListTemplatesRequest {};
        read "PrintReport": |mine, _| PrintReportRequest {
            template: "BA_DINH".to_owned(),
            organisation_id: mine.district.id.clone(),
            period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
            ..PrintReportRequest::default()
        };
    }
}

fn rating(desks: &[&Desk]) -> RecordRatingsRequest {
    let lines = desks.iter().map(|desk| record_ratings_request::Line {
        organisation_id: desk.union.id.clone(),
        grade: "HOAN_THANH_TOT".to_owned(),
    });
    RecordRatingsRequest {
        request_id: request_id(),
        year: 2020,
        lines: lines.collect(),
        ..RecordRatingsRequest::default()
    }
}

fn activities(desks: &[&Desk]) -> RecordActivitiesRequest {
    let activities = desks.iter().map(|desk| Activity {
        organisation_id: desk.union.id.clone(),
        kind: ActivityKind::Inspection.into(),
        held_on: on(DAY),
        ..Activity::default()
    });
    RecordActivitiesRequest {
        request_id: request_id(),
        activities: activities.collect(),
        ..RecordActivitiesRequest::default()
    }
}

fn gateway(trials: &mut Vec<Trial>) {
    of_service! { trials, "gateway.v1.GatewayService",
        read "GetOrganisationProfile": |mine, _| GetOrganisationProfileRequest {
            organisation_id: mine.union.id.clone(),
            as_of: None,
        };
        write "FoundGrassrootsUnion": |mine, _| {
            let unique = request_id();
            let code = format!("{}-{}", mine.district.code, &unique[..13]);
            FoundGrassrootsUnionRequest {
                request_id: unique,
                validate_only: false,
                dossier: Some(GrassrootsUnionDossier {
                    union: Some(NewUnion {
                        superior_id: mine.district.id.clone(),
                        code,
                        name: "CĐCS Công ty Thử".to_owned(),
                        sector: "NNN_CP".to_owned(),
                        ..NewUnion::default()
                    }),
                    decision: Some(made_up::decision(DAY)),
                    applicants: people(5),
                    applied_on: on(date!(2020 - 04 - 20)),
                    committee: Vec::new(),
                }),
            }
        };
    }
    of_service! { trials, "feed.v1.FeedService",
        read "Watch": |_, _| WatchRequest::default();
    }
}
