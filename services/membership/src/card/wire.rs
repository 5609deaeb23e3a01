//! Requests of `CardService` parsed, and its answers written out.

use anyhow::Context;
use chassis::database::today;
use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::{Failure, Refusal};
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;
use time::Date;

use crate::card::cards::{Listed, Wanted, Whose};
use crate::card::end_card::{End, EndCard};
use crate::card::issue_cards::{IssueCards, Issued, Terms};
use crate::card::issue_cards_to_roll::{IssueCardsToRoll, IssuedToRoll};
use crate::card::replace_card::{ReplaceCard, Replaced};
use crate::ground::api::{as_of, known_at};
use crate::ground::card::{CardNumber, CardState};
use crate::ground::card_keys::{CardKeys, PublicKey};
use crate::ground::refused::Refused;
use crate::ground::wire::{basis, ids};

const REASON_MAX: usize = 1_000;

pub fn issue_cards(request: pb::IssueCardsRequest) -> Result<IssueCards, Refusal> {
    Ok(IssueCards {
        terms: terms(&request.organisation_id, request.issued_on, request.until_on, request.basis)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn issue_cards_to_roll(
    request: pb::IssueCardsToRollRequest,
) -> Result<IssueCardsToRoll, Refusal> {
    let (from, until) = (request.issued_on, request.until_on);
    let terms = terms(&request.organisation_id, from, until, request.basis)?;
    Ok(IssueCardsToRoll { terms })
}

fn terms(
    organisation_id: &str,
    issued_on: Option<WireDate>,
    until_on: Option<WireDate>,
    said: Option<pb::MovementBasis>,
) -> Result<Terms, Refusal> {
    Ok(Terms {
        organisation_id: parse::id("organisation_id", organisation_id)?,
        issued_on: or_today("issued_on", issued_on)?,
        until_on: parse::optional_date("until_on", until_on)?,
        basis: basis("basis", said)?,
    })
}

fn or_today(field: &str, date: Option<WireDate>) -> Result<Date, Refusal> {
    Ok(parse::optional_date(field, date)?.unwrap_or_else(today))
}

pub fn report_lost(request: pb::ReportCardLostRequest) -> Result<EndCard, Refusal> {
    Ok(EndCard {
        card_id: parse::id("card_id", &request.card_id)?,
        end: End::Lost,
        field: "lost_on",
        on: or_today("lost_on", request.lost_on)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn revoke(request: pb::RevokeCardRequest) -> Result<EndCard, Refusal> {
    Ok(EndCard {
        card_id: parse::id("card_id", &request.card_id)?,
        end: End::Revoked { reason: parse::text("reason", &request.reason, REASON_MAX)? },
        field: "revoked_on",
        on: or_today("revoked_on", request.revoked_on)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn replace(request: pb::ReplaceCardRequest) -> Result<ReplaceCard, Refusal> {
    Ok(ReplaceCard {
        card_id: parse::id("card_id", &request.card_id)?,
        issued_on: or_today("issued_on", request.issued_on)?,
        until_on: parse::optional_date("until_on", request.until_on)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn number(text: &str) -> Result<CardNumber, Refusal> {
    if text.is_empty() {
        return Err(parse::required("number"));
    }
    let malformed = || Refused::CardNumberMalformed { field: "number".to_string() };
    Ok(CardNumber::parse(text).ok_or_else(malformed)?)
}

pub fn wanted(request: &pb::ListCardsRequest) -> Result<Wanted, Refusal> {
    let person_id = parse::optional_id("person_id", &request.person_id)?;
    let whose = match (parse::optional_id("organisation_id", &request.organisation_id)?, person_id)
    {
        (Some(organisation_id), None) => Whose::Union(organisation_id),
        (None, Some(person_id)) => Whose::Person(person_id),
        (None, None) => return Err(parse::required("organisation_id")),
        (Some(_), Some(_)) => return Err(Refused::QuestionAmbiguous { field: "person_id" }.into()),
    };
    let state = match request.state {
        0 => None,
        state => {
            let known = i16::try_from(state).ok().and_then(CardState::numbered);
            let unknown = || Refused::EnumValueUnknown { field: "state".to_string() };
            Some(known.ok_or_else(unknown)?)
        }
    };
    Ok(Wanted { whose, as_of: as_of(request.as_of)?, state, known_at: known_at(request.known_at)? })
}

pub fn issued(issued: Issued) -> pb::IssueCardsResponse {
    let (issue_id, cards) = cards(issued);
    pb::IssueCardsResponse { issue_id, cards }
}

pub fn issued_to_roll(done: IssuedToRoll) -> pb::IssueCardsToRollResponse {
    let (issue_id, cards) = done.issued.map(cards).unwrap_or_default();
    pb::IssueCardsToRollResponse { issue_id, cards, more: done.more }
}

fn cards(issued: Issued) -> (String, Vec<pb::IssuedCard>) {
    let cards = issued.cards.into_iter().map(|(card_id, person_id)| pb::IssuedCard {
        card_id: card_id.to_string(),
        person_id: person_id.to_string(),
    });
    (issued.issue_id.to_string(), cards.collect())
}

pub fn replaced(replaced: Replaced) -> pb::ReplaceCardResponse {
    pb::ReplaceCardResponse {
        issue_id: replaced.issue_id.to_string(),
        card_id: replaced.card_id.to_string(),
    }
}

/// A card as it is shown, with what its QR code says where it is valid.
pub fn card(keys: &CardKeys, listed: Listed) -> Result<pb::Card, Failure> {
    let number = CardNumber::parse(&listed.number).context("a number of a card is none")?;
    let signed_text = match listed.state == CardState::Valid as i16 {
        true => keys.sign(today(), &number, listed.issued_on, listed.until_on)?,
        false => String::new(),
    };
    Ok(pb::Card {
        card_id: listed.card_id.to_string(),
        issue_id: listed.issue_id.to_string(),
        number: number.to_string(),
        person_id: listed.person_id.to_string(),
        name: listed.name,
        organisation_id: listed.organisation_id.to_string(),
        issued_on: Some(civil(listed.issued_on)),
        until_on: listed.until_on.map(civil),
        state: i32::from(listed.state),
        ended_on: listed.over_on.map(civil),
        revocation_reason: listed.revocation_reason.unwrap_or_default(),
        replaces_id: id_or_empty(listed.replaces_id),
        decision_id: id_or_empty(listed.decision_id),
        signed_text,
    })
}

pub fn key(key: PublicKey) -> pb::list_card_keys_response::Key {
    pb::list_card_keys_response::Key {
        key_id: key.key_id,
        public_key: key.public_key,
        from_on: Some(civil(key.from_on)),
    }
}
