//! How people stand beside their memberships: dormant and back, parked, offered, honorary, disciplined.

use proto::membership::v1::{
    AcceptTransferRequest, CorrectStandingRequest, DisciplineMeasure, DisciplineMembersRequest,
    DormancyReason, EndDormancyRequest, EndHonoraryMembershipsRequest, EndParkingRequest,
    MakeDormantRequest, NameHonoraryMembersRequest, OfferTransferRequest, ParkMembersRequest,
    UndoStandingRequest,
};
use stage::made_up::{self, request_id};
use time::Duration;

use crate::desk::Desk;

/// A standing that was begun: its id, who, and the union.
pub type Standing = (String, String, String);

impl Desk {
    pub async fn make_dormant(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.day());
        let told = format!("{person_id} of {} is dormant from {on}", self.code_of(&union_id));
        let reasons = [DormancyReason::JobLost, DormancyReason::Illness];
        let reason = reasons[self.below(reasons.len())];
        // Of an illness the rule does not say how long it lasts.
        let expected = (reason == DormancyReason::Illness).then(|| on + Duration::days(90));
        let request = MakeDormantRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            reason: reason.into(),
            effective_on: made_up::on(on),
            expected_until: expected.and_then(made_up::on),
            person_ids: vec![person_id.clone()],
            ..MakeDormantRequest::default()
        };
        let answer = self.client.standings().make_dormant(request).await;
        let about = [person_id.clone(), union_id.clone()];
        let begun = self.trace.note(kind, told, about, answer)?;
        self.dormant.push((begun.standing_id, person_id, union_id));
        Some(())
    }

    pub async fn come_back(&mut self, kind: &'static str) -> Option<()> {
        let (_, person_id, union_id) = self.one_of(&self.dormant.clone())?;
        let on = self.day();
        let told = format!("{person_id} of {} is back on {on}", self.code_of(&union_id));
        let request = EndDormancyRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..EndDormancyRequest::default()
        };
        let answer = self.client.standings().end_dormancy(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    pub async fn park(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, union_id) = self.member().await?;
        let (host, on) = (self.union()?, self.day());
        let told = format!(
            "{person_id} of {} takes part in {} from {on}",
            self.code_of(&union_id),
            host.code
        );
        let request = ParkMembersRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            host_organisation_id: host.id.clone(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..ParkMembersRequest::default()
        };
        let answer = self.client.standings().park_members(request).await;
        let about = [person_id.clone(), union_id.clone(), host.id];
        let begun = self.trace.note(kind, told, about, answer)?;
        self.parked.push((begun.standing_id, person_id, union_id));
        Some(())
    }

    pub async fn unpark(&mut self, kind: &'static str) -> Option<()> {
        let (_, person_id, union_id) = self.one_of(&self.parked.clone())?;
        let on = self.day();
        let told = format!("{person_id} takes part in {} again on {on}", self.code_of(&union_id));
        let request = EndParkingRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..EndParkingRequest::default()
        };
        let answer = self.client.standings().end_parking(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    pub async fn name_honorary(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.former().await?, self.day());
        let told = format!("{} names {person_id} on {on}", self.code_of(&union_id));
        let request = NameHonoraryMembersRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..NameHonoraryMembersRequest::default()
        };
        let answer = self.client.standings().name_honorary_members(request).await;
        let about = [person_id.clone(), union_id.clone()];
        let begun = self.trace.note(kind, told, about, answer)?;
        self.honorary.push((begun.standing_id, person_id, union_id));
        Some(())
    }

    pub async fn end_honorary(&mut self, kind: &'static str) -> Option<()> {
        let (_, person_id, union_id) = self.one_of(&self.honorary.clone())?;
        let on = self.day();
        let told = format!("{person_id} is honorary in {} until {on}", self.code_of(&union_id));
        let request = EndHonoraryMembershipsRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..EndHonoraryMembershipsRequest::default()
        };
        let answer = self.client.standings().end_honorary_memberships(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    /// Any standing, of whichever kind.
    fn standing(&mut self) -> Option<Standing> {
        let all: Vec<Standing> =
            self.dormant.iter().chain(&self.parked).chain(&self.honorary).cloned().collect();
        self.one_of(&all)
    }

    pub async fn correct_standing(&mut self, kind: &'static str) -> Option<()> {
        let (standing_id, person_id, union_id) = self.standing()?;
        let on = self.day();
        let told = format!("the standing {standing_id} of {person_id} began on {on}");
        let request = CorrectStandingRequest {
            request_id: request_id(),
            standing_id,
            reason: "ghi nhầm".to_owned(),
            effective_on: made_up::on(on),
            ..CorrectStandingRequest::default()
        };
        let answer = self.client.membership_corrections().correct_standing(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    pub async fn undo_standing(&mut self, kind: &'static str) -> Option<()> {
        let (standing_id, person_id, union_id) = self.standing()?;
        let told = format!("the standing {standing_id} of {person_id} never was");
        let request = UndoStandingRequest {
            request_id: request_id(),
            standing_id: standing_id.clone(),
            reason: "ghi nhầm".to_owned(),
            ..UndoStandingRequest::default()
        };
        let answer = self.client.membership_corrections().undo_standing(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer)?;
        for standings in [&mut self.dormant, &mut self.parked, &mut self.honorary] {
            standings.retain(|(known, ..)| *known != standing_id);
        }
        Some(())
    }

    pub async fn offer(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, union_id) = self.member().await?;
        let to = self.union()?;
        let told = format!("{} offers {person_id} to {}", self.code_of(&union_id), to.code);
        let request = OfferTransferRequest {
            request_id: request_id(),
            from_organisation_id: union_id.clone(),
            to_organisation_id: to.id.clone(),
            person_ids: vec![person_id.clone()],
            ..OfferTransferRequest::default()
        };
        let answer = self.client.transfer_offers().offer_transfer(request).await;
        let offered = self.trace.note(kind, told, [person_id, union_id, to.id], answer)?;
        self.offers.push(offered.offer_id);
        Some(())
    }

    pub async fn accept(&mut self, kind: &'static str) -> Option<()> {
        let offer_id = self.one_of(&self.offers.clone())?;
        let told = format!("the offer {offer_id} is accepted");
        let request = AcceptTransferRequest {
            request_id: request_id(),
            offer_id: offer_id.clone(),
            effective_on: made_up::on(self.today),
            ..AcceptTransferRequest::default()
        };
        let answer = self.client.transfer_offers().accept_transfer(request).await;
        self.trace.note(kind, told, [], answer)?;
        self.offers.retain(|other| *other != offer_id);
        Some(())
    }

    pub async fn reprimand(&mut self, kind: &'static str) -> Option<()> {
        let ((person_id, union_id), on) = (self.member().await?, self.past_day());
        let told = format!("{} reprimands {person_id} on {on}", self.code_of(&union_id));
        let measures = [DisciplineMeasure::Reprimand, DisciplineMeasure::Expulsion];
        let request = DisciplineMembersRequest {
            request_id: request_id(),
            organisation_id: union_id.clone(),
            measure: measures[usize::from(self.once_in(5))].into(),
            effective_on: made_up::on(on),
            person_ids: vec![person_id.clone()],
            ..DisciplineMembersRequest::default()
        };
        let answer = self.client.discipline().discipline_members(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }
}
