//! Acts on people.

use proto::membership::v1::consequence::PassedOver;
use proto::membership::v1::{
    AdmissionKind, AdmitMembersRequest, Consequence, ExitMembersRequest, ExitReason,
    ListConsequencesRequest, MendConsequenceRequest, PersonLine, RecordApplicantsRequest, Remedy,
    TransferMembersRequest,
};
use stage::made_up::{self, known, people, request_id};
use time::{Date, Duration};

use crate::desk::Desk;

const REASONS: [ExitReason; 5] = [
    ExitReason::Retired,
    ExitReason::LeftEmployment,
    ExitReason::Resigned,
    ExitReason::Died,
    ExitReason::LeftScope,
];

impl Desk {
    async fn enrol(
        &mut self,
        kind: &'static str,
        union_id: String,
        admission: AdmissionKind,
        on: Date,
        lines: Vec<PersonLine>,
    ) -> Option<()> {
        let told = format!("{kind} {} to {} on {on}", lines.len(), self.code_of(&union_id));
        let known: Vec<String> = lines.iter().map(|line| line.person_id.clone()).collect();
        let request = AdmitMembersRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            kind: admission.into(),
            effective_on: made_up::on(on),
            lines,
            ..AdmitMembersRequest::default()
        };
        let answer = self.client.memberships().admit_members(request).await;
        let mut about = vec![union_id];
        about.extend(known.iter().cloned());
        if let Ok(answer) = &answer {
            about.extend(answer.get_ref().members.iter().map(|member| member.person_id.clone()));
        }
        let admitted = self.trace.note(kind, told, about, answer)?;
        let new = admitted.members.into_iter().map(|member| member.person_id);
        self.people.extend(new.filter(|person| !known.contains(person)));
        Some(())
    }

    pub async fn admit(&mut self, kind: &'static str) -> Option<()> {
        let (union, on, count) = (self.union()?, self.day(), 1 + self.below(4));
        let (mut lines, before) = (people(count), self.people.len());
        let unnumbered = self.once_in(2);
        if unnumbered {
            lines.iter_mut().for_each(|line| line.identity_number.clear());
        }
        self.enrol(kind, union.id, AdmissionKind::Admitted, on, lines).await?;
        if unnumbered {
            self.unnumbered.extend(self.people[before..].iter().cloned());
        }
        Some(())
    }

    pub async fn recognise(&mut self, kind: &'static str) -> Option<()> {
        let (union, on) = (self.union()?, self.day());
        self.enrol(kind, union.id, AdmissionKind::Recognised, on, people(2)).await
    }

    pub async fn admit_applicant(&mut self, kind: &'static str) -> Option<()> {
        let (union, on) = (self.union()?, self.now);
        let applicant = self.applications(&union.id, on).await.pop()?;
        self.enrol(kind, union.id, AdmissionKind::Admitted, on, vec![known(&applicant)]).await
    }

    pub async fn readmit(&mut self, kind: &'static str) -> Option<()> {
        let (union, on) = (self.union()?, self.day());
        let (person_id, _) = self.former().await?;
        let admission =
            if self.once_in(4) { AdmissionKind::Admitted } else { AdmissionKind::Readmitted };
        self.enrol(kind, union.id, admission, on, vec![known(&person_id)]).await
    }

    /// A person with a union that she is or was in; now and then one that she is not in.
    async fn somebody(&mut self) -> Option<(String, String)> {
        if self.once_in(10) {
            let (person_id, union) = (self.one_of(&self.people.clone())?, self.union()?);
            return Some((person_id, union.id));
        }
        if self.once_in(8) {
            return self.former().await;
        }
        self.member().await
    }

    pub async fn exit(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, union_id) = self.somebody().await?;
        let (on, reason) = (self.day(), REASONS[self.below(REASONS.len())]);
        let told = format!("{person_id} leaves {} on {on}, {reason:?}", self.code_of(&union_id));
        let request = ExitMembersRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            reason: reason.into(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..ExitMembersRequest::default()
        };
        let answer = self.client.memberships().exit_members(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    pub async fn transfer(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, from_id) = self.somebody().await?;
        let (to, on) = (self.union()?, self.day());
        let told =
            format!("{person_id} moves from {} to {} on {on}", self.code_of(&from_id), to.code);
        let request = TransferMembersRequest {
            request_id: request_id(),
            from_organisation_id: from_id.clone(),
            to_organisation_id: to.id.clone(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..TransferMembersRequest::default()
        };
        let answer = self.client.memberships().transfer_members(request).await;
        self.trace.note(kind, told, [person_id, from_id, to.id], answer).map(|_| ())
    }

    pub async fn apply(&mut self, kind: &'static str) -> Option<()> {
        let under = if self.once_in(2) { self.superior()? } else { self.union()? };
        let on = self.past_day() - Duration::days(self.below(20) as i64);
        let count = 1 + self.below(6);
        let mut applicants = people(count);
        if self.once_in(2)
            && let Some((person_id, _)) = self.former().await
        {
            applicants.push(known(&person_id));
        }
        let told = format!("{} apply under {} on {on}", applicants.len(), under.code);
        let known: Vec<String> = applicants.iter().map(|line| line.person_id.clone()).collect();
        let request = RecordApplicantsRequest {
            request_id: request_id(),
            organisation_id: under.id.clone(),
            applied_on: made_up::on(on),
            applicants,
            ..RecordApplicantsRequest::default()
        };
        let answer = self.client.applications().record_applicants(request).await;
        let mut about = vec![under.id];
        about.extend(known.iter().cloned());
        if let Ok(answer) = &answer {
            about.extend(answer.get_ref().applicants.iter().map(|one| one.person_id.clone()));
        }
        let recorded = self.trace.note(kind, told, about, answer)?;
        let new = recorded.applicants.into_iter().map(|one| one.person_id);
        self.people.extend(new.filter(|person| !known.contains(person)));
        Some(())
    }

    /// Somebody who was passed over is no longer, by what the list says.
    pub async fn mend(&mut self, kind: &'static str) -> Option<()> {
        let request = ListConsequencesRequest { page_size: 200, ..Default::default() };
        let listed = self.client.consequences().list_consequences(request).await;
        let listed = listed.map(|answer| answer.into_inner().consequences).unwrap_or_default();
        let passed_over: Vec<(Consequence, PassedOver)> = listed
            .into_iter()
            .flat_map(|one| {
                let people = one.passed_over.clone();
                people.into_iter().map(move |person| (one.clone(), person))
            })
            .filter(|(_, person)| person.mended_at.is_none())
            .collect();
        let (consequence, person) = self.one_of(&passed_over)?;
        let person_id = person.person_id.clone();
        if person.remedy() == Remedy::AdmitMembers {
            let (union, on) = (self.union()?, self.now);
            let lines = vec![known(&person_id)];
            return self.enrol(kind, union.id, AdmissionKind::Admitted, on, lines).await;
        }
        if person.remedy() != Remedy::MendConsequence {
            return None;
        }
        let told = format!(
            "mend for {person_id} what the act {} means for {}",
            consequence.registry_act_id,
            self.code_of(&consequence.organisation_id)
        );
        let about = [person_id.clone(), consequence.organisation_id.clone()];
        let request = MendConsequenceRequest {
            request_id: request_id(),
            registry_act_id: consequence.registry_act_id,
            organisation_id: consequence.organisation_id,
            person_ids: vec![person_id],
            ..MendConsequenceRequest::default()
        };
        let answer = self.client.consequences().mend_consequence(request).await;
        // The list said that this mends it, and whoever holds everything may do it.
        if let Err(status) = &answer {
            let acts = self.trace.about(&about.iter().cloned().collect());
            let fault = format!("act {}, {told}: {status:?}, after\n{acts}", self.trace.number);
            self.trace.faults.push(fault);
        }
        self.trace.note(kind, told, about, answer).map(|_| ())
    }
}
