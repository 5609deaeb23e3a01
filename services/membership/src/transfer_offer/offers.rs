//! Offers to a union, and by it.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// Which offers.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The union.
    pub organisation_id: Uuid,
    /// Those to it; else those by it.
    pub incoming: bool,
    /// Also those that are no longer open.
    pub closed_too: bool,
    /// Only those that lapse by this day.
    pub due_by: Option<Date>,
}

/// An offer of one person.
#[derive(Debug)]
pub struct Listed {
    /// The offer.
    pub offer_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// As given.
    pub name: String,
    /// ISO 5218.
    pub sex: i16,
    /// Whom she leaves.
    pub from: Uuid,
    /// Where she is to go.
    pub to: Uuid,
    /// Its day.
    pub offered_on: Date,
    /// The first day on which it can no longer be accepted.
    pub lapses_on: Date,
    /// `membership.v1.OfferState`.
    pub state: i32,
    /// When it was closed.
    pub closed_on: Option<Date>,
    /// The movement that accepted it.
    pub transfer_id: Option<Uuid>,
    /// Why it was declined or withdrawn.
    pub reason: Option<String>,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
}

/// The offers, in their order, person by person.
pub async fn list(
    connection: &mut PgConnection,
    wanted: Wanted,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Listed>, Failure> {
    organisation::in_scope(connection, wanted.organisation_id).await?;
    let (offer, person) = asked.after::<(Uuid, Uuid)>()?.unzip();
    let rows = match known_at {
        None => {
            sqlx::query_file_as!(
                Listed,
                "src/transfer_offer/offers.sql",
                wanted.organisation_id,
                wanted.incoming,
                wanted.closed_too,
                wanted.due_by,
                offer,
                person,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_file_as!(
                Listed,
                "src/transfer_offer/offers_known.sql",
                wanted.organisation_id,
                wanted.incoming,
                wanted.closed_too,
                wanted.due_by,
                offer,
                person,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |one| (one.offer_id, one.person_id))
}
