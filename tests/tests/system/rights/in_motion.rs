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
    /// A step that was overturned.
    pub overturned: String,
    /// Who they are.
    pub dormant: String,
    pub parked: String,
    pub honorary: String,
    /// Members who are free for whatever happens to members.
    pub free: Vec<String>,
    /// Has left.
    pub former: String,
    pub cards: Cards,
    pub twins: Twins,
}

/// Cards, one for whatever happens to one.
pub struct Cards {
    pub to_lose: String,
    pub to_replace: String,
    pub to_revoke: String,
    pub found_again: String,
    pub number: String,
    /// Acts of issuing.
    pub to_undo: String,
    pub to_correct: String,
    /// Their holders.
    pub holders: Vec<String>,
    /// Has none.
    pub without: String,
}

/// People who are likely to be one, and who are.
pub struct Twins {
    pub likely: (String, String),
    pub one: (String, String),
    pub merged: String,
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
            &self.overturned,
            &self.dormant,
            &self.parked,
            &self.honorary,
            &self.former,
        ];
        let cards = &self.cards;
        let of_cards = [
            &cards.to_lose,
            &cards.to_replace,
            &cards.to_revoke,
            &cards.found_again,
            &cards.number,
            &cards.to_undo,
            &cards.to_correct,
            &cards.without,
        ];
        let twins = &self.twins;
        let of_twins =
            [&twins.likely.0, &twins.likely.1, &twins.one.0, &twins.one.1, &twins.merged];
        ids.into_iter()
            .chain(of_cards)
            .chain(of_twins)
            .chain(&self.free)
            .chain(&cards.holders)
            .map(String::as_str)
            .collect()
    }
}

/// Sets them in motion, as the administrator.
pub async fn in_motion(world: &World, client: &Client, union: &Unit, other: &Unit) -> InMotion {
    let mut members = world.admit(union, JOINED, people(17)).await;
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
    for _ in 0..3 {
        let step = discipline(union, &next());
        let step = client.discipline().discipline_members(step).await.expect("disciplined");
        steps.push(step.into_inner().discipline_id);
    }
    let overturned = EndDisciplineRequest {
        request_id: request_id(),
        discipline_id: steps[2].clone(),
        outcome: DisciplineEnd::Overturned.into(),
        effective_on: on(BEGUN),
        ..EndDisciplineRequest::default()
    };
    client.discipline().end_discipline(overturned).await.expect("overturned");
    let cards = cards(world, client, union).await;
    let twins = twins(world, client, union).await;
    InMotion {
        cards,
        twins,
        to_accept: offers.remove(0),
        to_decline: offers.remove(0),
        to_withdraw: offers.remove(0),
        to_undo: standings.remove(1),
        to_correct: standings.remove(1),
        to_lift: steps.remove(0),
        to_take_back: steps.remove(0),
        overturned: steps.remove(0),
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

async fn cards(world: &World, client: &Client, union: &Unit) -> Cards {
    let mut holders = world.admit(union, JOINED, people(7)).await;
    let without = holders.remove(6);
    let mut issues = Vec::new();
    for holders in [&holders[..4], &holders[4..5], &holders[5..]] {
        let issued = client.cards().issue_cards(issuing(union, holders)).await.expect("issued");
        issues.push(issued.into_inner());
    }
    let of: Vec<String> = issues[0].cards.iter().map(|card| card.card_id.clone()).collect();
    let lost = losing(&of[3]);
    client.cards().report_card_lost(lost).await.expect("lost");
    let list = ListCardsRequest { person_id: holders[1].clone(), ..ListCardsRequest::default() };
    let listed = client.cards().list_cards(list).await.expect("listed").into_inner();
    Cards {
        to_lose: of[0].clone(),
        to_replace: of[1].clone(),
        to_revoke: of[2].clone(),
        found_again: of[3].clone(),
        number: listed.cards[0].number.clone(),
        to_undo: issues[1].issue_id.clone(),
        to_correct: issues[2].issue_id.clone(),
        holders,
        without,
    }
}

/// Members of whom no number is known, so that one can be another.
async fn twins(world: &World, client: &Client, union: &Unit) -> Twins {
    let mut lines = people(6);
    for line in &mut lines {
        line.identity_number.clear();
    }
    lines[1] = lines[0].clone();
    let mut members = world.admit(union, JOINED, lines).await;
    let mut next = || members.remove(0);
    let (likely, one, merged) = ((next(), next()), (next(), next()), next());
    let merge = merging(&merged, &members[0]);
    client.duplicates().merge_persons(merge).await.expect("merged");
    Twins { likely, one, merged }
}

/// Cards for people.
pub fn issuing(union: &Unit, people: &[String]) -> IssueCardsRequest {
    IssueCardsRequest {
        request_id: request_id(),
        organisation_id: union.id.clone(),
        issued_on: on(BEGUN),
        person_ids: people.to_vec(),
        ..IssueCardsRequest::default()
    }
}

/// A card is lost.
pub fn losing(card: &str) -> ReportCardLostRequest {
    ReportCardLostRequest {
        request_id: request_id(),
        card_id: card.to_owned(),
        lost_on: on(BEGUN),
        ..ReportCardLostRequest::default()
    }
}

/// Somebody is somebody else.
pub fn merging(person: &str, survivor: &str) -> MergePersonsRequest {
    MergePersonsRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        survivor_id: survivor.to_owned(),
        reason: "cùng một người".to_owned(),
        ..MergePersonsRequest::default()
    }
}
