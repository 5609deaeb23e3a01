//! People of a desk's union who are offered, dormant, parked, honorary or disciplined.

use proto::membership::v1::*;
use stage::made_up::{on, people, request_id};
use system::Client;
use tests::world::{Unit, World};
use time::Date;
use time::macros::date;

const JOINED: Date = date!(2019 - 01 - 01);
const BEGUN: Date = date!(2019 - 03 - 01);

/// One of every kind, and some of whom nothing is known yet.
pub struct InMotion {
    /// Offered to the desk's other union.
    pub to_accept: String,
    pub to_decline: String,
    pub to_withdraw: String,
    /// Standings.
    pub to_undo: String,
    pub to_correct: String,
    /// Steps of discipline.
    pub to_lift: String,
    pub to_take_back: String,
    /// Who they are.
    pub dormant: String,
    pub parked: String,
    pub honorary: String,
    /// Members who are free for whatever happens to members.
    pub free: Vec<String>,
    /// Has left.
    pub former: String,
}

impl InMotion {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        let ids = [
            &self.to_accept,
            &self.to_decline,
            &self.to_withdraw,
            &self.to_undo,
            &self.to_correct,
            &self.to_lift,
            &self.to_take_back,
            &self.dormant,
            &self.parked,
            &self.honorary,
            &self.former,
        ];
        ids.into_iter().chain(&self.free).map(String::as_str).collect()
    }
}

/// Sets them in motion, as the administrator.
pub async fn in_motion(world: &World, client: &Client, union: &Unit, other: &Unit) -> InMotion {
    let mut members = world.admit(union, JOINED, people(16)).await;
    let mut next = || members.remove(0);
    let former = [next(), next()];
    let exit = ExitMembersRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        reason: ExitReason::BecameManager.into(),
        effective_on: on(BEGUN),
        person_ids: former.to_vec(),
        ..ExitMembersRequest::default()
    };
    client.memberships().exit_members(exit).await.expect("left");
    let [honorary, former] = former;
    client.standings().name_honorary_members(naming(union, &honorary)).await.expect("named");

    let mut offers = Vec::new();
    for _ in 0..3 {
        let offer = offer(union, other, &next());
        let offer = client.transfer_offers().offer_transfer(offer).await.expect("offered");
        offers.push(offer.into_inner().offer_id);
    }
    let [dormant, undone, corrected] = [next(), next(), next()];
    let mut standings = Vec::new();
    for person in [&dormant, &undone, &corrected] {
        let sleeps = client.standings().make_dormant(dormancy(union, person)).await;
        standings.push(sleeps.expect("dormant").into_inner().standing_id);
    }
    let parked = next();
    client.standings().park_members(parking(union, other, &parked)).await.expect("parked");
    let mut steps = Vec::new();
    for _ in 0..2 {
        let step = discipline(union, &next());
        let step = client.discipline().discipline_members(step).await.expect("disciplined");
        steps.push(step.into_inner().discipline_id);
    }
    InMotion {
        to_accept: offers.remove(0),
        to_decline: offers.remove(0),
        to_withdraw: offers.remove(0),
        to_undo: standings.remove(1),
        to_correct: standings.remove(1),
        to_lift: steps.remove(0),
        to_take_back: steps.remove(0),
        dormant,
        parked,
        honorary,
        free: members,
        former,
    }
}

/// Somebody is offered to another union.
pub fn offer(union: &Unit, other: &Unit, person: &str) -> OfferTransferRequest {
    OfferTransferRequest {
        request_id: request_id(),
        from_organisation_id: union.id.clone(),
        to_organisation_id: other.id.clone(),
        person_ids: vec![person.to_owned()],
        ..OfferTransferRequest::default()
    }
}

/// Somebody becomes dormant.
pub fn dormancy(union: &Unit, person: &str) -> MakeDormantRequest {
    MakeDormantRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        reason: DormancyReason::JobLost.into(),
        effective_on: on(BEGUN),
        person_ids: vec![person.to_owned()],
        ..MakeDormantRequest::default()
    }
}

/// Somebody takes part in another union.
pub fn parking(union: &Unit, host: &Unit, person: &str) -> ParkMembersRequest {
    ParkMembersRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        host_organisation_id: host.id.clone(),
        effective_on: on(BEGUN),
        person_ids: vec![person.to_owned()],
        ..ParkMembersRequest::default()
    }
}

/// Somebody is named an honorary member.
pub fn naming(union: &Unit, person: &str) -> NameHonoraryMembersRequest {
    NameHonoraryMembersRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        effective_on: on(BEGUN),
        person_ids: vec![person.to_owned()],
        ..NameHonoraryMembersRequest::default()
    }
}

/// Somebody is reprimanded.
pub fn discipline(union: &Unit, person: &str) -> DisciplineMembersRequest {
    DisciplineMembersRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        measure: DisciplineMeasure::Reprimand.into(),
        effective_on: on(BEGUN),
        person_ids: vec![person.to_owned()],
        ..DisciplineMembersRequest::default()
    }
}
