//! By what people are honoured, how they are helped, and that neither ever happened.

use proto::membership::v1::{
    GiveWelfareRequest, JoinEmulationRequest, LaunchEmulationRequest, PartyMilestone,
    RecordHonoursRequest, UndoDelegationRequest, UndoHonoursRequest, UndoPartyReferralsRequest,
    UndoTrainingCourseRequest, UndoWelfareRequest, WelfareKind, give_welfare_request,
    record_honours_request,
};
use stage::made_up::{self, known, request_id};

use crate::desk::Desk;

const WHY: &str = "ghi nhầm";

/// Something that can be taken back.
#[derive(Clone, Debug)]
pub enum Happened {
    Course(String),
    Delegation(String),
    Referral(String),
    Honour(String),
    Welfare(String),
}

impl Desk {
    pub async fn honour(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.past_day());
        let told = format!("{} honours {person_id} on {on}", self.code_of(&union_id));
        let kinds = ["GOOD_LABOUR", "GOOD_WORKER", "EXCELLENT_TEACHER", "CAPITAL_INITIATIVE"];
        let of = kinds[self.below(kinds.len())];
        let levels = ["GRASSROOTS", "PROVINCE", "STATE"];
        let line = record_honours_request::Line {
            person: Some(known(&person_id)),
            direct_production: self.once_in(2),
            title: if of == "CAPITAL_INITIATIVE" { "Cải tiến" } else { "" }.to_owned(),
        };
        let request = RecordHonoursRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            kind: of.to_owned(),
            level: levels[self.below(levels.len())].to_owned(),
            honoured_on: made_up::on(on),
            lines: vec![line],
            ..RecordHonoursRequest::default()
        };
        let answer = self.client.honours().record_honours(request).await;
        let recorded = self.trace.note(kind, told, [person_id, union_id], answer)?;
        self.happened.push(Happened::Honour(recorded.honour_id));
        Some(())
    }

    pub async fn help(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.past_day());
        let told = format!("{} helps {person_id} on {on}", self.code_of(&union_id));
        let kinds =
            [WelfareKind::Visit, WelfareKind::Aid, WelfareKind::HealthCare, WelfareKind::Loan];
        let of = kinds[self.below(kinds.len())];
        let line = give_welfare_request::Line {
            person: Some(known(&person_id)),
            amount_vnd: 100_000 * (1 + self.below(20) as i64),
        };
        let loan = of == WelfareKind::Loan;
        let request = GiveWelfareRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            kind: of.into(),
            occasion: if self.once_in(2) { "HARDSHIP" } else { "TET" }.to_owned(),
            source: if self.once_in(2) { "UNION_FUND" } else { "DONORS" }.to_owned(),
            given_on: made_up::on(on),
            due_on: if loan { on.next_day().and_then(made_up::on) } else { None },
            lines: vec![line],
            ..GiveWelfareRequest::default()
        };
        let answer = self.client.welfare().give_welfare(request).await;
        let gave = self.trace.note(kind, told, [person_id, union_id], answer)?;
        self.happened.push(Happened::Welfare(gave.welfare_id));
        Some(())
    }

    /// Somebody takes part in a movement that is launched for her province.
    pub async fn take_part(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.past_day());
        let told = format!("{person_id} of {} takes part on {on}", self.code_of(&union_id));
        let launch = LaunchEmulationRequest {
            request_id: request_id(),
            organisation_id: self.confederation.id.clone(),
            theme: "GOOD_LABOUR".to_owned(),
            title: "Lao động giỏi".to_owned(),
            from_on: made_up::on(on),
            through_on: made_up::on(on),
            ..LaunchEmulationRequest::default()
        };
        let answer = self.client.emulations().launch_emulation(launch).await;
        let launched = self.trace.note(kind, told.clone(), [], answer)?;
        let request = JoinEmulationRequest {
            request_id: request_id(),
            emulation_id: launched.emulation_id,
            organisation_id: union_id.clone(),
            joined_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..JoinEmulationRequest::default()
        };
        let answer = self.client.emulations().join_emulation(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    /// What happened to people never did.
    pub async fn never_happened(&mut self, kind: &'static str) -> Option<()> {
        if self.happened.is_empty() {
            return None;
        }
        let at = self.below(self.happened.len());
        let happened = self.happened.swap_remove(at);
        let told = format!("{happened:?} never was");
        let (request_id, reason) = (request_id(), WHY.to_owned());
        let mut corrections = self.client.membership_corrections();
        match happened {
            Happened::Course(course_id) => {
                let request = UndoTrainingCourseRequest {
                    request_id,
                    course_id,
                    reason,
                    ..UndoTrainingCourseRequest::default()
                };
                let answer = corrections.undo_training_course(request).await;
                self.trace.note(kind, told, [], answer).map(|_| ())
            }
            Happened::Delegation(delegation_id) => {
                let request = UndoDelegationRequest {
                    request_id,
                    delegation_id,
                    reason,
                    ..UndoDelegationRequest::default()
                };
                let answer = corrections.undo_delegation(request).await;
                self.trace.note(kind, told, [], answer).map(|_| ())
            }
            Happened::Referral(referral_id) => {
                let admission = self.once_in(2);
                let milestone =
                    if admission { PartyMilestone::Admitted } else { PartyMilestone::Referred };
                let request = UndoPartyReferralsRequest {
                    request_id,
                    referral_ids: vec![referral_id],
                    milestone: milestone.into(),
                    reason,
                    ..UndoPartyReferralsRequest::default()
                };
                let answer = corrections.undo_party_referrals(request).await;
                self.trace.note(kind, told, [], answer).map(|_| ())
            }
            Happened::Honour(honour_id) => {
                let request = UndoHonoursRequest {
                    request_id,
                    honour_id,
                    reason,
                    ..UndoHonoursRequest::default()
                };
                let answer = corrections.undo_honours(request).await;
                self.trace.note(kind, told, [], answer).map(|_| ())
            }
            Happened::Welfare(welfare_id) => {
                let request = UndoWelfareRequest {
                    request_id,
                    welfare_id,
                    reason,
                    ..UndoWelfareRequest::default()
                };
                let answer = corrections.undo_welfare(request).await;
                self.trace.note(kind, told, [], answer).map(|_| ())
            }
        }
    }
}
