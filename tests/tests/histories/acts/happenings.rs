//! What happens to unions and people besides: what figures count, too.

use proto::membership::v1::{
    AdmitToPartyRequest, Attendance, CadrePurpose, Delegate, HoldTrainingCourseRequest,
    RecommendCadreRequest, ReferToPartyRequest, SendDelegationRequest, recommend_cadre_request,
};
use proto::registry::v1::{
    AppointCommitteeRequest, EndOfficesRequest, HoldCeremonyRequest, HoldCongressRequest,
    NewOffice, ReachCampaignStageRequest, SurveyEmployersRequest, SurveyedEmployer,
    hold_ceremony_request,
};
use proto::reporting::v1::{
    Activity, AssignTargetRequest, CorrectActivityRequest, GetActivityRequest,
    RecordActivitiesRequest, RecordRatingsRequest, UndoActivityRequest, record_ratings_request,
};
use stage::made_up::{self, known, request_id};
use tests::activities;
use time::Duration;

use super::Happened;
use crate::desk::{Desk, Tier};

const GRADES: [&str; 4] =
    ["HOAN_THANH_XUAT_SAC", "HOAN_THANH_TOT", "HOAN_THANH", "KHONG_HOAN_THANH"];
const OLD_GRADES: [&str; 3] = ["VUNG_MANH_XUAT_SAC", "VUNG_MANH", "TRUNG_BINH"];
const STAGES: [&str; 5] = ["ELIGIBLE", "CANVASSED", "ORGANISING_COMMITTEE", "BLOCKED", "FOUNDED"];

impl Desk {
    pub async fn course(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, union_id) = self.member().await?;
        let (host, on) = (self.superior()?, self.past_day());
        let told = format!("{person_id} is trained by {} on {on}", host.code);
        let topics = ["CHARTER", "UNION_WORK", "SAFETY"];
        let topic = topics[self.below(topics.len())].to_owned();
        let attendance = Attendance {
            person_id: person_id.clone(),
            organisation_id: union_id.clone(),
            attended_on: None,
        };
        let request = HoldTrainingCourseRequest {
            request_id: request_id(),
            organisation_id: host.id.clone(),
            title: "Nghiệp vụ công đoàn".to_owned(),
            topics: vec![topic],
            starts_on: made_up::on(on),
            attendances: vec![attendance],
            ..HoldTrainingCourseRequest::default()
        };
        let answer = self.client.trainings().hold_training_course(request).await;
        let held = self.trace.note(kind, told, [person_id, union_id, host.id], answer)?;
        self.happened.push(Happened::Course(held.course_id));
        Some(())
    }

    pub async fn delegation(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, union_id) = self.member().await?;
        let (host, on) = (self.superior()?, self.past_day());
        let events = ["CONFERENCE", "PARTY_MEMBER_OFFICERS_COMMENDATION"];
        let told =
            format!("{} sends {person_id} to {} on {on}", self.code_of(&union_id), host.code);
        let delegate = Delegate { person_id: person_id.clone(), organisation_id: union_id.clone() };
        let request = SendDelegationRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            host_id: host.id.clone(),
            event: events[self.below(2)].to_owned(),
            held_on: made_up::on(on),
            delegates: vec![delegate],
            ..SendDelegationRequest::default()
        };
        let answer = self.client.delegations().send_delegation(request).await;
        let sent = self.trace.note(kind, told, [person_id, union_id, host.id], answer)?;
        self.happened.push(Happened::Delegation(sent.delegation_id));
        Some(())
    }

    pub async fn refer(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.past_day());
        let told = format!("{} refers {person_id} on {on}", self.code_of(&union_id));
        let request = ReferToPartyRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            referred_on: made_up::on(on),
            lines: vec![known(&person_id)],
            ..ReferToPartyRequest::default()
        };
        let answer = self.client.party().refer_to_party(request).await;
        let referred = self.trace.note(kind, told, [person_id, union_id], answer)?;
        self.referrals.extend(referred.referrals.into_iter().map(|referral| referral.referral_id));
        Some(())
    }

    pub async fn admit_to_party(&mut self, kind: &'static str) -> Option<()> {
        let (referral, on) = (self.one_of(&self.referrals.clone())?, self.past_day());
        let request = AdmitToPartyRequest {
            request_id: request_id(),
            admitted_on: made_up::on(on),
            referral_ids: vec![referral.clone()],
            ..AdmitToPartyRequest::default()
        };
        let answer = self.client.party().admit_to_party(request).await;
        let told = format!("the referral {referral} is followed by an admission on {on}");
        self.trace.note(kind, told, [], answer)?;
        self.referrals.retain(|other| *other != referral);
        self.happened.push(Happened::Referral(referral));
        Some(())
    }

    pub async fn recommend(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.past_day());
        let told = format!("{} recommends {person_id} on {on}", self.code_of(&union_id));
        let line = recommend_cadre_request::Line {
            person_id: person_id.clone(),
            purposes: vec![CadrePurpose::Planning.into()],
        };
        let request = RecommendCadreRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            recommended_on: made_up::on(on),
            lines: vec![line],
            ..RecommendCadreRequest::default()
        };
        let answer = self.client.cadres().recommend_cadre(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    pub async fn congress(&mut self, kind: &'static str) -> Option<()> {
        let tier = if self.once_in(5) { Tier::Above } else { Tier::Union };
        let (held_by, on) = (self.any(tier)?, self.past_day());
        let told = format!("{} holds a congress on {on}", held_by.unit.code);
        let request = HoldCongressRequest {
            request_id: request_id(),
            organisation_id: held_by.unit.id.clone(),
            ordinal: held_by.congresses + 1,
            held_on: made_up::on(on),
            term_from_year: on.year(),
            term_to_year: on.year() + 5,
            form: "PLENARY".to_owned(),
            ..HoldCongressRequest::default()
        };
        let answer = self.client.congresses().hold_congress(request).await;
        self.trace.note(kind, told, [held_by.unit.id.clone()], answer)?;
        self.known(&held_by.unit.id)?.congresses += 1;
        Some(())
    }

    pub async fn committee(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.day());
        let told = format!("{person_id} sits in {}'s committee from {on}", self.code_of(&union_id));
        let seat = NewOffice {
            body: "EXECUTIVE".to_owned(),
            position: if self.once_in(2) { "CHAIR" } else { "MEMBER" }.to_owned(),
            person_id: person_id.clone(),
            term_until: None,
        };
        let request = AppointCommitteeRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            body: "EXECUTIVE".to_owned(),
            effective_on: made_up::on(on),
            offices: vec![seat],
            basis: self.basis(on),
            ..AppointCommitteeRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.congresses().appoint_committee(request).await;
        let about = [person_id, union_id.clone()];
        let seated = self.trace.note(kind, told.clone(), about, answer)?;
        let seats = seated.office_ids.into_iter().map(|office| (union_id.clone(), office));
        self.offices.extend(seats);
        self.remember(kind, &told, &request_id, &[&union_id]);
        Some(())
    }

    pub async fn leave_office(&mut self, kind: &'static str) -> Option<()> {
        let ((union_id, office_id), on) = (self.one_of(&self.offices.clone())?, self.day());
        let told = format!("a seat of {} ends on {on}", self.code_of(&union_id));
        let request = EndOfficesRequest {
            request_id: request_id(),
            office_ids: vec![office_id],
            effective_on: made_up::on(on),
            basis: self.basis(on),
            ..EndOfficesRequest::default()
        };
        let request_id = request.request_id.clone();
        let answer = self.client.congresses().end_offices(request).await;
        self.trace.note(kind, told.clone(), [union_id.clone()], answer)?;
        self.remember(kind, &told, &request_id, &[&union_id]);
        Some(())
    }

    pub async fn ceremony(&mut self, kind: &'static str) -> Option<()> {
        let (host, union, on) = (self.superior()?, self.any(Tier::Union)?.unit, self.past_day());
        let told = format!("{} launches {} on {on}", host.code, union.code);
        let request = HoldCeremonyRequest {
            request_id: request_id(),
            organisation_id: host.id.clone(),
            kind: if self.once_in(2) { "LAUNCH" } else { "HANDING_OVER" }.to_owned(),
            held_on: made_up::on(on),
            launched: vec![hold_ceremony_request::Launched {
                organisation_id: union.id.clone(),
                decision_id: String::new(),
            }],
            ..HoldCeremonyRequest::default()
        };
        let answer = self.client.ceremonies().hold_ceremony(request).await;
        self.trace.note(kind, told, [host.id, union.id], answer).map(|_| ())
    }

    pub async fn survey(&mut self, kind: &'static str) -> Option<()> {
        let (surveyor, on) = (self.superior()?, self.past_day());
        let mut union_ids = Vec::new();
        if self.once_in(3) {
            union_ids.push(self.any(Tier::Union)?.unit.id);
        }
        // Few employers, surveyed again and again.
        let known = if self.employers.len() > 40 || self.once_in(2) {
            self.one_of(&self.employers.clone()).unwrap_or_default()
        } else {
            String::new()
        };
        let workforce = self.below(40) as i32;
        let told = format!(
            "{} surveys {known} on {on}: {workforce} workers, unions {:?}",
            surveyor.code,
            union_ids.iter().map(|id| self.code_of(id)).collect::<Vec<_>>()
        );
        let employer = SurveyedEmployer {
            employer_id: known.clone(),
            name: "Công ty Thử".to_owned(),
            workforce,
            union_ids: union_ids.clone(),
            ..SurveyedEmployer::default()
        };
        let request = SurveyEmployersRequest {
            request_id: request_id(),
            organisation_id: surveyor.id.clone(),
            surveyed_on: made_up::on(on),
            employers: vec![employer],
            ..SurveyEmployersRequest::default()
        };
        let answer = self.client.employers().survey_employers(request).await;
        let mut about = vec![surveyor.id, known.clone()];
        about.extend(union_ids);
        if let Ok(answer) = &answer {
            about.extend(answer.get_ref().employer_ids.clone());
        }
        let found = self.trace.note(kind, told, about, answer)?;
        self.employers.extend(found.employer_ids.into_iter().filter(|id| *id != known));
        Some(())
    }

    pub async fn campaign(&mut self, kind: &'static str) -> Option<()> {
        let (organisation, on) = (self.superior()?, self.past_day());
        let employer_id = self.one_of(&self.employers.clone())?;
        let stage = STAGES[self.below(STAGES.len())];
        let union_id =
            if stage == "FOUNDED" { self.any(Tier::Union)?.unit.id } else { String::new() };
        let told = format!(
            "{} has got to {stage} with {employer_id} on {on} {}",
            organisation.code,
            self.code_of(&union_id)
        );
        let request = ReachCampaignStageRequest {
            request_id: request_id(),
            organisation_id: organisation.id.clone(),
            employer_id: employer_id.clone(),
            stage: stage.to_owned(),
            reached_on: made_up::on(on),
            union_id: union_id.clone(),
            block_reason: if stage == "BLOCKED" { "Chưa đồng thuận" } else { "" }.to_owned(),
            ..ReachCampaignStageRequest::default()
        };
        let answer = self.client.employers().reach_campaign_stage(request).await;
        let about = [organisation.id, employer_id, union_id];
        self.trace.note(kind, told, about, answer).map(|_| ())
    }

    pub async fn activity(&mut self, kind: &'static str) -> Option<()> {
        let (union, on) = (self.any(Tier::Union)?.unit, self.past_day());
        let named = [self.any(Tier::Union)?.unit.id];
        let activity = activities::made_up(|number| self.below(number), &union.id, on, &named);
        let told =
            format!("{} is active on {on}: {}{}", union.code, activity.kind, activity.kind_code);
        let request = RecordActivitiesRequest {
            request_id: request_id(),
            activities: vec![activity],
            ..RecordActivitiesRequest::default()
        };
        let answer = self.client.activities().record_activities(request).await;
        let recorded = self.trace.note(kind, told, [union.id], answer)?;
        self.activities.extend(recorded.activity_ids);
        Some(())
    }

    /// One that was recorded was of another day, or, now and then, never was.
    pub async fn mend_activity(&mut self, kind: &'static str) -> Option<()> {
        let activity_id = self.one_of(&self.activities.clone())?;
        let reason = "Ghi nhầm".to_owned();
        if self.below(3) == 0 {
            let told = format!("the activity {activity_id} never was");
            let request = UndoActivityRequest {
                request_id: request_id(),
                activity_id: activity_id.clone(),
                reason,
                ..UndoActivityRequest::default()
            };
            let answer = self.client.activities().undo_activity(request).await;
            return self.trace.note(kind, told, [activity_id], answer).map(|_| ());
        }
        let asked = GetActivityRequest { activity_id: activity_id.clone(), known_at: None };
        let known = self.client.activities().get_activity(asked).await.ok()?.into_inner();
        let on = self.past_day();
        let told = format!("the activity {activity_id} was on {on}");
        // A work is completed after it was registered: where it is not, that is refused.
        let activity = known.activity?.activity.map(|known| Activity {
            held_on: made_up::on(on),
            members_reached: Some(self.below(4) as i32),
            ..known
        });
        let request = CorrectActivityRequest {
            request_id: request_id(),
            activity_id: activity_id.clone(),
            activity,
            reason,
            ..CorrectActivityRequest::default()
        };
        let answer = self.client.activities().correct_activity(request).await;
        self.trace.note(kind, told, [activity_id], answer).map(|_| ())
    }

    pub async fn assign(&mut self, kind: &'static str) -> Option<()> {
        let indicators = ["MBR_ADMITTED", "ORG_FOUNDED", "MBR_STOCK", "TRAIN_HEADCOUNT"];
        let indicator = indicators[self.below(indicators.len())].to_owned();
        let (issuer, unit, from) = (self.superior()?, self.superior()?, self.day());
        let through = from + Duration::days(self.below(700) as i64);
        let told = format!("{} is asked for {indicator} from {from} through {through}", unit.code);
        let request = AssignTargetRequest {
            request_id: request_id(),
            indicator,
            organisation_id: unit.id.clone(),
            period: made_up::period(from, through),
            issuer_id: issuer.id.clone(),
            value: Some(self.below(6) as i64),
            ..AssignTargetRequest::default()
        };
        let answer = self.client.targets().assign_target(request).await;
        self.trace.note(kind, told, [unit.id, issuer.id], answer).map(|_| ())
    }

    pub async fn rate(&mut self, kind: &'static str) -> Option<()> {
        let union = self.any(Tier::Union)?.unit;
        let year = (self.past_day() - Duration::days(180)).year();
        let grades: &[&str] = if year < 2019 { &OLD_GRADES } else { &GRADES };
        let grade = grades[self.below(grades.len())].to_owned();
        let told = format!("{} is rated {grade} for {year}", union.code);
        let request = RecordRatingsRequest {
            request_id: request_id(),
            year,
            lines: vec![record_ratings_request::Line { organisation_id: union.id.clone(), grade }],
            ..RecordRatingsRequest::default()
        };
        let answer = self.client.ratings().record_ratings(request).await;
        self.trace.note(kind, told, [union.id], answer).map(|_| ())
    }
}
