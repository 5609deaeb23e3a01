//! The person who has an identity number.

use chassis::access;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::keys::Keys;
use crate::ground::person::Identity;
use crate::ground::refused::Refused;
use crate::ground::roll::blind_index;

/// A person found by her number.
#[derive(Debug)]
pub struct Found {
    /// Who.
    pub person_id: Uuid,
    /// As given.
    pub name: String,
    /// Whose number it is, where she was merged into this one.
    pub merged_person_id: Option<Uuid>,
    /// The union that counts her on the day asked for.
    pub organisation_id: Option<Uuid>,
}

/// The person in the caller's scope who has a number, or had it as was known then. Whether nobody
/// has it or somebody elsewhere, the same is looked up: of a number that nobody has, in whose scope
/// the person lies who was written down last. How long the answer takes tells neither.
pub async fn find(
    connection: &mut PgConnection,
    keys: &Keys,
    identity: &Identity,
    today: Date,
    known_at: Option<OffsetDateTime>,
) -> Result<Found, Failure> {
    let blind_index = blind_index(keys, identity);
    let found = match known_at {
        None => {
            sqlx::query_file_as!(Found, "src/membership/find.sql", blind_index, today)
                .fetch_optional(&mut *connection)
                .await?
        }
        Some(at) => {
            let file = sqlx::query_file_as!(
                Found,
                "src/membership/find_known.sql",
                blind_index,
                today,
                at
            );
            file.fetch_optional(&mut *connection).await?
        }
    };
    match found {
        Some(found) => Ok(found),
        None => {
            let unknown = Refused::PersonUnknown { field: "identity_number".to_string() };
            Err(access::unknown_or_denied(connection, unknown).await)
        }
    }
}
