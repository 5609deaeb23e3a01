//! The act of issuing cards that is undone or corrected, and its people.

use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::{Card, CardIssue, CardTakenBack, Event};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{self, none_repeated};

/// A card of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whose it is.
    pub person_id: Uuid,
    /// The card.
    pub card_id: Uuid,
    /// The first day.
    pub issued_on: Date,
    /// The first day on which it is no longer valid.
    pub until_on: Option<Date>,
    /// In whose place it was issued.
    pub replaces_id: Option<Uuid>,
    /// On what it rests.
    pub decision_id: Option<Uuid>,
    /// When it was lost or revoked.
    pub ended_on: Option<Date>,
}

/// An act of issuing, in the caller's scope.
#[derive(Debug)]
pub struct Recorded {
    /// The act of issuing.
    pub issue_id: Uuid,
    /// The union.
    pub organisation_id: Uuid,
}

impl Recorded {
    /// By its id.
    pub async fn of(acting: &mut Acting, issue_id: Uuid) -> Result<Self, Failure> {
        let recorded = sqlx::query_as!(
            Self,
            "select issue_id, organisation_id from card
             where issue_id = $1 and access.covers(organisation_id) limit 1",
            issue_id,
        )
        .fetch_optional(acting.db())
        .await?;
        match recorded {
            Some(recorded) => Ok(recorded),
            None => {
                let unknown = Refused::CardUnknown { field: "issue_id".to_string() };
                Err(access::unknown_or_denied(acting.db(), unknown).await)
            }
        }
    }

    /// The cards of the people asked for, in their order, or all; the people are locked in the order
    /// of their ids.
    pub async fn lines(&self, acting: &mut Acting, asked: &[Uuid]) -> Result<Vec<Line>, Failure> {
        none_repeated(asked)?;
        let all: Vec<Uuid> = self.cards(acting).await?.iter().map(|line| line.person_id).collect();
        let people = if asked.is_empty() { all.clone() } else { asked.to_vec() };
        roll::lock_those_of(acting, all, &people).await?;
        // Read again: whoever held them may have undone it.
        let known = self.cards(acting).await?;
        let mut bad = BadLines::default();
        let mut lines = Vec::with_capacity(people.len());
        for (line, person_id) in people.iter().enumerate() {
            match known.iter().find(|card| card.person_id == *person_id) {
                Some(card) => lines.push(card.clone()),
                None => {
                    let field = format!("person_ids[{line}]");
                    bad.add(line, Refused::CardUnknown { field });
                }
            }
        }
        bad.refuse()?;
        Ok(lines)
    }

    async fn cards(&self, acting: &mut Acting) -> Result<Vec<Line>, Failure> {
        Ok(sqlx::query_as!(
            Line,
            "select person_id, card_id, issued_on, until_on, replaces_id, decision_id, ended_on
             from card where issue_id = $1 order by person_id",
            self.issue_id,
        )
        .fetch_all(acting.db())
        .await?)
    }

    /// What is known of these cards is published: that they were never issued so, or are. Those of one
    /// day, time and decision are told of together.
    pub fn publish(&self, acting: &mut Acting, lines: &[Line], issued: bool) {
        let alike = |one: &&Line, other: &&Line| {
            (one.issued_on, one.until_on, one.decision_id)
                == (other.issued_on, other.until_on, other.decision_id)
        };
        let mut in_order: Vec<&Line> = lines.iter().collect();
        in_order
            .sort_by_key(|line| (line.issued_on, line.until_on, line.decision_id, line.person_id));
        for together in in_order.chunk_by(alike) {
            let Some(first) = together.first() else { continue };
            let cards = together.iter().map(|line| Card {
                card_id: line.card_id,
                person_id: line.person_id,
                replaces_id: line.replaces_id,
            });
            let issue = CardIssue {
                issue_id: self.issue_id,
                organisation_id: self.organisation_id,
                until_on: first.until_on,
                cards: cards.collect(),
            };
            let event = match issued {
                true => Event::CardsIssued(issue),
                false => Event::CardTakenBack(CardTakenBack::Issued(issue)),
            };
            acting.publish(event.resting_on(first.issued_on, first.decision_id));
        }
    }
}
