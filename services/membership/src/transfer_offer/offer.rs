//! An offer as it was made, and the people for whom it is open.

use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{self, none_repeated};

/// Which of the two unions lies in the caller's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that has made the offer.
    Offers,
    /// The one that it was made to.
    Receives,
}

/// An offer, whoever it is open for.
#[derive(Debug)]
pub struct Offer {
    /// Its id.
    pub offer_id: Uuid,
    /// Whom they leave.
    pub from: Uuid,
    /// Where they go.
    pub to: Uuid,
    /// Its day.
    pub offered_on: Date,
    /// The first day on which it can no longer be accepted.
    pub lapses_on: Date,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
}

/// Whether an offer is open for somebody.
struct Line {
    person_id: Uuid,
    closed: bool,
}

impl Offer {
    /// The offer with this id, where the caller has the right on the union of this side.
    pub async fn of(acting: &mut Acting, offer_id: Uuid, side: Side) -> Result<Self, Failure> {
        let offer = sqlx::query_as!(
            Self,
            r#"select standing_id as offer_id, organisation_id as "from",
                      other_organisation_id as "to!", from_on as offered_on,
                      due_on as "lapses_on!", decision_id
               from standing
               where standing_id = $1 and kind = 1
                 and access.covers(case when $2 then organisation_id
                                        else other_organisation_id end)
               limit 1"#,
            offer_id,
            side == Side::Offers,
        )
        .fetch_optional(acting.db())
        .await?;
        match offer {
            Some(offer) => Ok(offer),
            None => {
                let unknown = Refused::TransferOfferUnknown { offer_id };
                Err(access::unknown_or_denied(acting.db(), unknown).await)
            }
        }
    }

    /// The people asked for, or all for whom it is open; locked in the order of their ids.
    pub async fn people(&self, acting: &mut Acting, asked: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
        none_repeated(asked)?;
        let all = sqlx::query_scalar!(
            "select person_id from standing where standing_id = $1 and kind = 1
             order by person_id",
            self.offer_id,
        )
        .fetch_all(acting.db())
        .await?;
        let asked_for: Vec<Uuid> = match asked {
            [] => all,
            _ => all.into_iter().filter(|person_id| asked.contains(person_id)).collect(),
        };
        roll::lock(acting, &asked_for).await?;
        // Read again: whoever held them may have closed it.
        let lines = sqlx::query_as!(
            Line,
            r#"select person_id,
                      ended_on is not null or transfer_id is not null or left_on is not null
                          as "closed!"
               from standing
               where standing_id = $1 and kind = 1 and person_id = any ($2)
               order by person_id"#,
            self.offer_id,
            &asked_for,
        )
        .fetch_all(acting.db())
        .await?;
        let lapsed = self.lapses_on <= acting.today;
        if asked.is_empty() {
            let open: Vec<Uuid> =
                lines.iter().filter(|line| !line.closed).map(|line| line.person_id).collect();
            let field = "offer_id".to_string();
            return match (open.is_empty(), lapsed) {
                (true, _) => Err(Refused::TransferOfferClosed { field }.into()),
                (false, true) => {
                    let lapses_on = self.lapses_on;
                    Err(Refused::TransferOfferLapsed { field, lapses_on }.into())
                }
                (false, false) => Ok(open),
            };
        }
        let mut bad = BadLines::default();
        for (line, person_id) in asked.iter().enumerate() {
            let field = format!("person_ids[{line}]");
            match lines.iter().find(|line| line.person_id == *person_id) {
                Some(line) if !line.closed && !lapsed => {}
                Some(known) if !known.closed => {
                    let lapses_on = self.lapses_on;
                    bad.add(line, Refused::TransferOfferLapsed { field, lapses_on });
                }
                Some(_) | None => bad.add(line, Refused::TransferOfferClosed { field }),
            }
        }
        bad.refuse()?;
        Ok(asked.to_vec())
    }
}
