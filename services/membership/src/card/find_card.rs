//! The card that has a number.

use chassis::access;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::card::cards::Listed;
use crate::ground::card::CardNumber;
use crate::ground::refused::Refused;

/// The card with a number, where its holder lies in the caller's scope. Whether no card has it or
/// somebody elsewhere holds it, the same is looked up: how long the answer takes tells neither.
pub async fn find(
    connection: &mut PgConnection,
    number: &CardNumber,
    as_of: Date,
    known_at: Option<OffsetDateTime>,
) -> Result<Listed, Failure> {
    let number = number.plain();
    let found = match known_at {
        None => {
            sqlx::query_file_as!(Listed, "src/card/find_card.sql", number, as_of)
                .fetch_optional(&mut *connection)
                .await?
        }
        Some(at) => {
            sqlx::query_file_as!(Listed, "src/card/find_card_known.sql", number, as_of, at)
                .fetch_optional(&mut *connection)
                .await?
        }
    };
    match found {
        Some(found) => Ok(found),
        None => {
            let unknown = Refused::CardUnknown { field: "number".to_string() };
            Err(access::unknown_or_denied(connection, unknown).await)
        }
    }
}
