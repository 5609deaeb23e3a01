//! The cards of one person, or of the members of one union.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::card::CardState;
use crate::ground::merged;
use crate::ground::organisation;
use crate::ground::refused::Refused;

/// Whose cards.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// Those of a person.
    Person(Uuid),
    /// Those of the people who are members of a union on the day.
    Union(Uuid),
}

/// Which cards.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Whose.
    pub whose: Whose,
    /// How they stand on this day.
    pub as_of: Date,
    /// Only those that stand so.
    pub state: Option<CardState>,
    /// As was known then.
    pub known_at: Option<OffsetDateTime>,
}

/// A card, as it stands on a day.
pub struct Listed {
    /// The card.
    pub card_id: Uuid,
    /// The act of issuing.
    pub issue_id: Uuid,
    /// Its number, without hyphens.
    pub number: String,
    /// Whose it is.
    pub person_id: Uuid,
    /// As given.
    pub name: String,
    /// The union that issued it.
    pub organisation_id: Uuid,
    /// The first day.
    pub issued_on: Date,
    /// The first day on which it is no longer valid.
    pub until_on: Option<Date>,
    /// `membership.v1.CardState`.
    pub state: i16,
    /// From which day on it stands so, where it is not valid.
    pub over_on: Option<Date>,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// The card in whose place it is.
    pub replaces_id: Option<Uuid>,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
}

/// In the order of people and cards.
pub async fn list(
    connection: &mut PgConnection,
    wanted: Wanted,
    asked: &Asked<'_>,
) -> Result<Page<Listed>, Failure> {
    let rows = match wanted.whose {
        Whose::Person(person_id) => of_person(connection, person_id, wanted, asked).await?,
        Whose::Union(organisation_id) => {
            of_union(connection, organisation_id, wanted, asked).await?
        }
    };
    asked.page(rows, |card| (card.person_id, card.card_id))
}

async fn of_person(
    connection: &mut PgConnection,
    person_id: Uuid,
    wanted: Wanted,
    asked: &Asked<'_>,
) -> Result<Vec<Listed>, Failure> {
    let in_scope = sqlx::query_scalar!(
        r#"select exists (select persons_in_scope(array[$1::uuid])) as "in_scope!""#,
        person_id,
    )
    .fetch_one(&mut *connection)
    .await?;
    if !in_scope {
        let unknown = Refused::PersonUnknown { field: "person_id".to_string() };
        return Err(access::unknown_or_denied(connection, unknown).await);
    }
    let person_id = merged::survivor(connection, person_id, wanted.known_at).await?;
    let state = wanted.state.map(|state| state as i16);
    let after = asked.after::<(Uuid, Uuid)>()?.map(|(_, card_id)| card_id);
    Ok(match wanted.known_at {
        None => {
            sqlx::query_file_as!(
                Listed,
                "src/card/cards_of_person.sql",
                person_id,
                wanted.as_of,
                state,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_file_as!(
                Listed,
                "src/card/cards_of_person_known.sql",
                person_id,
                wanted.as_of,
                state,
                after,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    })
}

async fn of_union(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    wanted: Wanted,
    asked: &Asked<'_>,
) -> Result<Vec<Listed>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let state = wanted.state.map(|state| state as i16);
    let (person, card) = asked.after::<(Uuid, Uuid)>()?.unzip();
    Ok(match wanted.known_at {
        None => {
            sqlx::query_file_as!(
                Listed,
                "src/card/cards_of_union.sql",
                organisation_id,
                wanted.as_of,
                state,
                person,
                card,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_file_as!(
                Listed,
                "src/card/cards_of_union_known.sql",
                organisation_id,
                wanted.as_of,
                state,
                person,
                card,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    })
}
