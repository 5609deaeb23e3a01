//! What has happened to people of a desk's union, and is to be undone.

use proto::membership::v1::*;
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
    pub delegation: String,
}

impl Happened {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        let ids =
            [&self.course, &self.candidate, &self.referral, &self.recommendation, &self.delegation];
        ids.into_iter().map(String::as_str).collect()
    }
}

/// Lets it happen, as the administrator.
pub async fn happened(world: &World, client: &Client, union: &Unit) -> Happened {
    let members = world.admit(union, JOINED, people(3)).await;
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
        lines: vec![recommend_cadre_request::Line {
            person_id: members[0].clone(),
            purposes: vec![CadrePurpose::Planning.into()],
        }],
        ..RecommendCadreRequest::default()
    };
    let recommended = client.cadres().recommend_cadre(recommend).await.expect("recommended");
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
    Happened {
        course: course.into_inner().course_id,
        candidate,
        referral,
        recommendation: recommended.into_inner().recommendation_ids.remove(0),
        delegation: sent.into_inner().delegation_id,
    }
}
