//! What lies on the desk of a district's officer: one thing of every kind.

use proto::google::longrunning::{Operation, operation};
use proto::membership::v1::*;
use proto::registry::v1::*;
use stage::made_up::{self, basis, known, on, people, person, request_id};
use system::Client;
use tests::world::{Unit, World, line};
use time::macros::date;

use super::happened::{Happened, happened};
use super::in_motion::{InMotion, in_motion};
use super::papers::{Papers, papers};
use super::quotas::{Quotas, quotas};
use super::returns::{Returns, returns};
use super::rounds::{Rounds, rounds};

/// A district and, below it, one thing of every kind that a method is about.
pub struct Desk {
    pub district: Unit,
    /// With members; `members[0]` to `[5]` are free for whatever happens to members.
    pub union: Unit,
    pub other_union: Unit,
    /// Below `union`.
    pub section: Unit,
    pub to_suspend: Unit,
    pub suspended: Unit,
    pub to_end: Unit,
    /// Directs the section beside its superior.
    pub director: Unit,
    /// May direct it as well.
    pub to_direct: Unit,
    pub members: Vec<String>,
    /// An admission of the union of its own, to be undone or corrected, and its people.
    pub doubtful: (String, Vec<String>),
    /// The identity number of `members[5]`.
    pub identity_number: String,
    pub decision: String,
    pub office_to_end: String,
    pub ceremony: String,
    pub employer: String,
    pub steering_committee: String,
    pub steering_office: String,
    pub assignment: String,
    pub secondment: String,
    pub grant: String,
    pub application: String,
    pub course: String,
    pub referral: String,
    pub delegation: String,
    pub in_motion: InMotion,
    /// What is to be undone.
    pub happened: Happened,
    pub papers: Papers,
    pub quotas: Quotas,
    pub rounds: Rounds,
    pub returns: Returns,
    /// Ended before, which left a consequence for its members.
    pub ended: Unit,
    /// The act that ended it.
    pub act_of_end: String,
    /// Had moved on later than its end, and was passed over.
    pub left: String,
    /// The act that gave the section another name.
    pub act_to_undo: String,
    /// Tried; `plan_operation` was its dry run.
    pub plan: String,
    pub plan_operation: String,
    /// Tried as well.
    pub plan_to_commit: String,
    /// Committed.
    pub plan_to_undo: String,
}

impl Desk {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        let units = [&self.district, &self.union, &self.other_union, &self.section];
        let ending = [&self.to_suspend, &self.suspended, &self.to_end, &self.ended];
        let directing = [&self.director, &self.to_direct];
        let units = units.into_iter().chain(ending).chain(directing);
        let mut ids: Vec<&str> = units.map(|unit| unit.id.as_str()).collect();
        ids.extend(self.members.iter().map(String::as_str));
        ids.push(&self.doubtful.0);
        ids.extend(self.doubtful.1.iter().map(String::as_str));
        ids.extend([
            self.decision.as_str(),
            &self.office_to_end,
            &self.ceremony,
            &self.employer,
            &self.steering_committee,
            &self.steering_office,
            &self.assignment,
            &self.secondment,
            &self.grant,
            &self.application,
            &self.course,
            &self.referral,
            &self.delegation,
            &self.plan,
            &self.plan_operation,
            &self.plan_to_commit,
            &self.plan_to_undo,
        ]);
        ids.extend(self.in_motion.ids());
        ids.extend(self.happened.ids());
        ids.extend(self.papers.ids());
        ids.extend(self.quotas.ids());
        ids.extend(self.rounds.ids());
        ids.extend(self.returns.ids());
        ids
    }
}

/// A seat for a person.
pub fn seat(position: &str, person_id: &str) -> NewOffice {
    NewOffice {
        position: position.to_owned(),
        person_id: person_id.to_owned(),
        ..NewOffice::default()
    }
}

/// With all of them together an officer may do whatever a role allows.
pub const ROLES: [&str; 7] = [
    "ADMINISTRATOR",
    "PARTY_OFFICER",
    "IDENTITY_OFFICER",
    "DISCIPLINE_OFFICER",
    "PROFILE_OFFICER",
    "PROTECTION_OFFICER",
    "WELFARE_OFFICER",
];

/// Builds a desk, as the administrator.
pub async fn desk(world: &World, code: &str) -> Desk {
    let registrar = format!("party and identity at {code}");
    let district = world.district(code).await;
    for role in ROLES {
        world.grant(&registrar, role, &district).await;
    }
    let client = world.client(&registrar);
    let mut unions = world.unions(&district, 7).await.into_iter();
    let mut next = || unions.next().expect("seven unions");
    let (union, other_union, to_suspend, suspended, to_end) =
        (next(), next(), next(), next(), next());
    let (director, to_direct) = (next(), next());
    let section = world.load(vec![line(&format!("{code}-BP"), "CD_BP", &union.code)]).await;
    let section = section.into_iter().next().expect("a section");

    let direct = BeginJointDirectionRequest {
        request_id: request_id(),
        organisation_id: section.id.clone(),
        director_id: director.id.clone(),
        effective_on: on(date!(2019 - 01 - 01)),
        ..BeginJointDirectionRequest::default()
    };
    client.attributes().begin_joint_direction(direct).await.expect("directed");

    let lines = people(8);
    let identity_number = lines[5].identity_number.clone();
    let members = world.admit(&union, date!(2019 - 01 - 01), lines).await;
    let doubtful = tests::world::admission(&union, date!(2019 - 01 - 01), people(3));
    let doubtful = client.memberships().admit_members(doubtful).await.expect("admitted");
    let doubtful = doubtful.into_inner();
    let people_of = doubtful.members.into_iter().map(|member| member.person_id).collect();
    let doubtful = (doubtful.admission_id, people_of);

    let decision = RecordDecisionRequest {
        request_id: request_id(),
        decision: Some(NewDecision {
            issuer_id: district.id.clone(),
            ..made_up::decision(date!(2019 - 02 - 01))
        }),
        ..RecordDecisionRequest::default()
    };
    let decision = client.decisions().record_decision(decision).await.expect("recorded");
    let suspend = SuspendOrganisationRequest {
        request_id: request_id(),
        organisation_id: suspended.id.clone(),
        basis: basis(date!(2019 - 03 - 01)),
        ..SuspendOrganisationRequest::default()
    };
    client.organisations().suspend_organisation(suspend).await.expect("suspended");
    let appoint = AppointCommitteeRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        body: "INSPECTION".to_owned(),
        offices: vec![seat("MEMBER", &members[0])],
        basis: basis(date!(2019 - 02 - 01)),
        ..AppointCommitteeRequest::default()
    };
    let appointed = client.congresses().appoint_committee(appoint).await.expect("appointed");
    let ceremony = HoldCeremonyRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        kind: "LAUNCH".to_owned(),
        held_on: on(date!(2019 - 02 - 01)),
        launched: vec![hold_ceremony_request::Launched {
            organisation_id: union.id.clone(),
            decision_id: String::new(),
        }],
        ..HoldCeremonyRequest::default()
    };
    let ceremony = client.ceremonies().hold_ceremony(ceremony).await.expect("held");
    let survey = SurveyEmployersRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        surveyed_on: on(date!(2019 - 02 - 01)),
        employers: vec![SurveyedEmployer {
            name: format!("Công ty {code}"),
            workforce: 40,
            ..SurveyedEmployer::default()
        }],
        ..SurveyEmployersRequest::default()
    };
    let surveyed = client.employers().survey_employers(survey).await.expect("surveyed");
    let establish = EstablishSteeringCommitteeRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        name: format!("Ban Chỉ đạo {code}"),
        members: vec![seat("HEAD", &members[0])],
        effective_on: on(date!(2019 - 02 - 01)),
        ..EstablishSteeringCommitteeRequest::default()
    };
    let established = client.steering().establish_steering_committee(establish).await;
    let established = established.expect("established").into_inner();
    let assign = AssignUnitRequest {
        request_id: request_id(),
        steering_committee_id: established.steering_committee_id.clone(),
        office_id: established.office_ids[0].clone(),
        unit_id: other_union.id.clone(),
        effective_on: on(date!(2019 - 03 - 01)),
        ..AssignUnitRequest::default()
    };
    let assigned = client.steering().assign_unit(assign).await.expect("assigned");
    let second = BeginSecondmentRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        host_id: union.id.clone(),
        person_id: members[7].clone(),
        effective_on: on(date!(2019 - 03 - 01)),
        ..BeginSecondmentRequest::default()
    };
    let seconded = client.secondments().begin_secondment(second).await.expect("begun");
    let grant = world.grant(&format!("reader of {code}"), "READER", &union).await;

    // Applicants of today: an application lapses, and with it goes the officer's right to it.
    let today = chassis::database::today();
    let apply = RecordApplicantsRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        applied_on: on(today),
        applicants: vec![person()],
        ..RecordApplicantsRequest::default()
    };
    let applied = client.applications().record_applicants(apply).await.expect("applied");
    let course = HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        title: "Nghiệp vụ công đoàn".to_owned(),
        topics: vec!["UNION_WORK".to_owned()],
        starts_on: on(date!(2019 - 04 - 01)),
        attendances: vec![Attendance {
            person_id: members[0].clone(),
            organisation_id: union.id.clone(),
            attended_on: None,
        }],
        ..HoldTrainingCourseRequest::default()
    };
    let course = client.trainings().hold_training_course(course).await.expect("held");
    let refer = ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        referred_on: on(date!(2019 - 05 - 01)),
        lines: vec![known(&members[1])],
        ..ReferToPartyRequest::default()
    };
    let referred = client.party().refer_to_party(refer).await.expect("referred").into_inner();
    let delegation = SendDelegationRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        host_id: district.id.clone(),
        event: "CONFERENCE".to_owned(),
        held_on: on(date!(2019 - 06 - 01)),
        delegates: vec![Delegate {
            person_id: members[0].clone(),
            organisation_id: union.id.clone(),
        }],
        ..SendDelegationRequest::default()
    };
    let delegation = client.delegations().send_delegation(delegation).await.expect("sent");

    let in_motion = in_motion(world, &client, &union, &other_union).await;
    let happened = happened(world, &client, &union).await;
    let papers = papers(world, &client, &union).await;

    // A union that ended left a consequence behind.
    let ended = world.load(vec![line(&format!("{code}-X"), "CDCS", &district.code)]).await;
    let ended = ended.into_iter().next().expect("a union");
    let left = world.admit(&ended, date!(2019 - 01 - 01), vec![person()]).await.remove(0);
    let moves_on = TransferMembersRequest {
        request_id: request_id(),
        from_organisation_id: ended.id.clone(),
        to_organisation_id: union.id.clone(),
        effective_on: on(date!(2019 - 09 - 01)),
        person_ids: vec![left.clone()],
        ..TransferMembersRequest::default()
    };
    client.memberships().transfer_members(moves_on).await.expect("moved on");
    let end = EndOrganisationsRequest {
        request_id: request_id(),
        units: vec![end_organisations_request::Unit {
            organisation_id: ended.id.clone(),
            kind: EndKind::Dissolved.into(),
            members_outcome: MembersOutcome::MembershipEnds.into(),
            ..end_organisations_request::Unit::default()
        }],
        basis: basis(date!(2019 - 07 - 01)),
        ..EndOrganisationsRequest::default()
    };
    client.organisations().end_organisations(end).await.expect("ended");
    let consequences = ListConsequencesRequest {
        organisation_ids: vec![ended.id.clone()],
        ..ListConsequencesRequest::default()
    };
    world.settled().await;
    let listed = client.consequences().list_consequences(consequences).await.expect("listed");
    let act_of_end = listed.into_inner().consequences.remove(0).registry_act_id;

    let rename = RenameOrganisationRequest {
        request_id: request_id(),
        organisation_id: section.id.clone(),
        name: format!("Bộ phận {code}"),
        effective_on: on(date!(2019 - 07 - 01)),
        ..RenameOrganisationRequest::default()
    };
    client.organisations().rename_organisation(rename).await.expect("renamed");
    let act_to_undo: String = sqlx::query_scalar(
        "select act_id::text from organisation_name
         where organisation_id = $1::uuid and upper_inf(recorded) and upper_inf(valid)",
    )
    .bind(&section.id)
    .fetch_one(world.pool("registry"))
    .await
    .expect("an act");

    let (plan, plan_operation) = planned(&client, &district, &other_union).await;
    let (plan_to_commit, _) = planned(&client, &district, &to_suspend).await;
    let (plan_to_undo, _) = planned(&client, &district, &suspended).await;
    let commit = CommitPlanRequest {
        request_id: request_id(),
        plan_id: plan_to_undo.clone(),
        ..Default::default()
    };
    let committing = client.plans().commit_plan(commit).await.expect("begun").into_inner();
    done(&client, committing.operation).await;

    let quotas = quotas(&client, &district).await;
    let returns = returns(&client, &district, &union).await;
    let applied = applied.into_inner().applicants.remove(0);
    let decision = decision.into_inner().decision_id;
    let rounds = rounds(&client, &district, &union, &decision).await;
    Desk {
        district,
        union,
        other_union,
        section,
        to_suspend,
        director,
        to_direct,
        suspended,
        to_end,
        members,
        doubtful,
        identity_number,
        decision,
        office_to_end: appointed.into_inner().office_ids.remove(0),
        ceremony: ceremony.into_inner().ceremony_id,
        employer: surveyed.into_inner().employer_ids.remove(0),
        steering_committee: established.steering_committee_id,
        steering_office: established.office_ids[0].clone(),
        assignment: assigned.into_inner().assignment_id,
        secondment: seconded.into_inner().secondment_id,
        grant,
        application: applied.application_id,
        course: course.into_inner().course_id,
        referral: referred.referrals[0].referral_id.clone(),
        delegation: delegation.into_inner().delegation_id,
        in_motion,
        happened,
        papers,
        quotas,
        rounds,
        returns,
        ended,
        act_of_end,
        left,
        act_to_undo,
        plan,
        plan_operation,
        plan_to_commit,
        plan_to_undo,
    }
}

/// Streams one step to a plan: a unit gets another short name.
pub fn step_messages(plan_id: &str, line: i32, unit: &str) -> Vec<AddPlanStepsRequest> {
    use add_plan_steps_request::{Header, Part, Steps};
    let header =
        Header { request_id: request_id(), plan_id: plan_id.to_owned(), ..Header::default() };
    let step = PlanStep {
        line,
        kind: plan_step::Kind::Rename.into(),
        unit: unit.to_owned(),
        short_name: "CĐ".to_owned(),
        ..PlanStep::default()
    };
    let steps = Steps { steps: vec![step] };
    [Part::Header(header), Part::Steps(steps)]
        .map(|part| AddPlanStepsRequest { part: Some(part) })
        .to_vec()
}

/// A plan that was tried, with the name of the operation.
async fn planned(client: &Client, district: &Unit, unit: &Unit) -> (String, String) {
    let create = CreatePlanRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        name: "Sắp xếp".to_owned(),
        basis: basis(date!(2019 - 08 - 01)),
        ..CreatePlanRequest::default()
    };
    let plan_id = client.plans().create_plan(create).await.expect("created").into_inner().plan_id;
    let steps = tokio_stream::iter(step_messages(&plan_id, 1, &unit.id));
    client.plans().add_plan_steps(steps).await.expect("added");
    let dry_run = DryRunPlanRequest {
        request_id: request_id(),
        plan_id: plan_id.clone(),
        ..DryRunPlanRequest::default()
    };
    let trying = client.plans().dry_run_plan(dry_run).await.expect("begun").into_inner();
    let operation = done(client, trying.operation).await;
    (plan_id, operation)
}

/// Waits until an operation succeeded; answers its name.
async fn done(client: &Client, operation: Option<Operation>) -> String {
    let name = operation.expect("an operation").name;
    let wait = WaitOperationRequest { name: name.clone(), timeout_ms: 0 };
    let waited = client.operations().wait_operation(wait).await.expect("waited").into_inner();
    let result = waited.operation.and_then(|operation| operation.result);
    assert!(matches!(result, Some(operation::Result::Response(_))), "{result:?}");
    name
}
