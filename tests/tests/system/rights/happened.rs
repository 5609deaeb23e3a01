//! What has happened to people of a desk's union, and is to be undone.

use proto::membership::v1::*;
use proto::reporting::v1::{Activity, ActivityKind, RecordActivitiesRequest};
use stage::made_up::{known, on, people, request_id};
use system::Client;
use tests::world::{Unit, World};
use time::Date;
use time::macros::date;

const JOINED: Date = date!(2018 - 01 - 01);
const DAY: Date = date!(2018 - 04 - 01);

/// One of every kind.
pub struct Happened {
    pub course: String,
    /// Of whoever was admitted to the Party as a candidate.
    pub candidate: String,
    pub referral: String,
    pub recommendation: String,
    pub recommendation_to_follow: String,
    pub delegation: String,
    pub honour: String,
    pub honour_to_correct: String,
    pub emulation: String,
    pub emulation_to_join: String,
    pub welfare: String,
    pub case: String,
    pub case_to_conclude: String,
    pub activity: String,
    pub activity_to_correct: String,
    pub activity_to_undo: String,
    /// Members who are free for whatever happens to members.
    pub free: Vec<String>,
}

impl Happened {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        let ids = [
            &self.course,
            &self.candidate,
            &self.referral,
            &self.recommendation,
            &self.recommendation_to_follow,
            &self.delegation,
            &self.honour,
            &self.honour_to_correct,
            &self.emulation,
            &self.emulation_to_join,
            &self.welfare,
            &self.case,
            &self.case_to_conclude,
            &self.activity,
            &self.activity_to_correct,
            &self.activity_to_undo,
        ];
        ids.into_iter().chain(&self.free).map(String::as_str).collect()
    }
}

/// Lets it happen, as the administrator.
pub async fn happened(world: &World, client: &Client, union: &Unit) -> Happened {
    let members = world.admit(union, JOINED, people(5)).await;
    let course = HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        title: "Nghiệp vụ công đoàn".to_owned(),
        topics: vec!["UNION_WORK".to_owned()],
        starts_on: on(DAY),
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
        referred_on: on(DAY),
        lines: members[..2].iter().map(|member| known(member)).collect(),
        ..ReferToPartyRequest::default()
    };
    let referred = client.party().refer_to_party(refer).await.expect("referred").into_inner();
    let [candidate, referral] =
        [0, 1].map(|case: usize| referred.referrals[case].referral_id.clone());
    let admit = AdmitToPartyRequest {
        request_id: request_id(),
        admitted_on: on(DAY),
        referral_ids: vec![candidate.clone()],
        ..AdmitToPartyRequest::default()
    };
    client.party().admit_to_party(admit).await.expect("admitted");
    let recommend = RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        recommended_on: on(DAY),
        lines: members[..2]
            .iter()
            .map(|member| recommend_cadre_request::Line {
                person_id: member.clone(),
                purposes: vec![CadrePurpose::Planning.into()],
            })
            .collect(),
        ..RecommendCadreRequest::default()
    };
    let recommended = client.cadres().recommend_cadre(recommend).await.expect("recommended");
    let mut recommended = recommended.into_inner().recommendation_ids;
    let send = SendDelegationRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        host_id: union.id.clone(),
        event: "CONFERENCE".to_owned(),
        held_on: on(DAY),
        delegates: vec![Delegate {
            person_id: members[0].clone(),
            organisation_id: union.id.clone(),
        }],
        ..SendDelegationRequest::default()
    };
    let sent = client.delegations().send_delegation(send).await.expect("sent");
    let mut honours = Vec::new();
    for _ in 0..2 {
        let recorded = honouring(union, &members[honours.len()]);
        let recorded = client.honours().record_honours(recorded).await.expect("recorded");
        honours.push(recorded.into_inner().honour_id);
    }
    let mut emulations = Vec::new();
    for _ in 0..2 {
        let launched = client.emulations().launch_emulation(launching(union)).await;
        emulations.push(launched.expect("launched").into_inner().emulation_id);
    }
    let mut cases = Vec::new();
    for _ in 0..2 {
        let opened = client.dispute_cases().open_dispute_case(opening(union, &members[0])).await;
        cases.push(opened.expect("opened").into_inner().case_id);
    }
    let gave = client.welfare().give_welfare(giving(union, &members[0])).await.expect("given");
    let activities = RecordActivitiesRequest {
        request_id: request_id(),
        activities: vec![inspecting(union); 3],
        ..RecordActivitiesRequest::default()
    };
    let recorded = client.activities().record_activities(activities).await.expect("recorded");
    let mut activities = recorded.into_inner().activity_ids;
    Happened {
        course: course.into_inner().course_id,
        candidate,
        referral,
        recommendation: recommended.remove(0),
        recommendation_to_follow: recommended.remove(0),
        delegation: sent.into_inner().delegation_id,
        honour: honours.remove(0),
        honour_to_correct: honours.remove(0),
        emulation: emulations.remove(0),
        emulation_to_join: emulations.remove(0),
        welfare: gave.into_inner().welfare_id,
        case: cases.remove(0),
        case_to_conclude: cases.remove(0),
        activity: activities.remove(0),
        activity_to_correct: activities.remove(0),
        activity_to_undo: activities.remove(0),
        free: members[3..].to_vec(),
    }
}

/// An inspection.
pub fn inspecting(union: &Unit) -> Activity {
    Activity {
        organisation_id: union.id.clone(),
        kind: ActivityKind::Inspection.into(),
        held_on: on(DAY),
        ..Activity::default()
    }
}

/// Somebody is honoured.
pub fn honouring(union: &Unit, person: &str) -> RecordHonoursRequest {
    RecordHonoursRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        kind: "GOOD_LABOUR".to_owned(),
        level: "GRASSROOTS".to_owned(),
        honoured_on: on(DAY),
        lines: vec![record_honours_request::Line {
            person: Some(known(person)),
            ..record_honours_request::Line::default()
        }],
        ..RecordHonoursRequest::default()
    }
}

/// An emulation movement of many years.
pub fn launching(union: &Unit) -> LaunchEmulationRequest {
    LaunchEmulationRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        theme: "GOOD_LABOUR".to_owned(),
        title: "Lao động giỏi".to_owned(),
        from_on: on(DAY),
        through_on: on(date!(2022 - 12 - 31)),
        ..LaunchEmulationRequest::default()
    }
}

/// Somebody takes part in one.
pub fn joining(union: &Unit, emulation_id: &str, person: &str) -> JoinEmulationRequest {
    JoinEmulationRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        emulation_id: emulation_id.to_owned(),
        joined_on: on(DAY),
        person_ids: vec![person.to_owned()],
        ..JoinEmulationRequest::default()
    }
}

/// Somebody is helped.
pub fn giving(union: &Unit, person: &str) -> GiveWelfareRequest {
    GiveWelfareRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        kind: WelfareKind::Aid.into(),
        occasion: "HARDSHIP".to_owned(),
        source: "UNION_FUND".to_owned(),
        given_on: on(DAY),
        lines: vec![give_welfare_request::Line {
            person: Some(known(person)),
            amount_vnd: 500_000,
        }],
        ..GiveWelfareRequest::default()
    }
}

/// Somebody is in dispute.
pub fn opening(union: &Unit, person: &str) -> OpenDisputeCaseRequest {
    OpenDisputeCaseRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        kind: DisputeKind::Individual.into(),
        topics: vec!["WAGES".to_owned()],
        opened_on: on(DAY),
        person_ids: vec![person.to_owned()],
        ..OpenDisputeCaseRequest::default()
    }
}
