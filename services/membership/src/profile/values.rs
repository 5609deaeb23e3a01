//! What was said of one attribute of a person.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ground::attribute::{self, Attribute, Said};
use crate::ground::keys::Keys;
use crate::ground::scope;

/// All of it, the last day first; the method has the permission that the attribute takes.
pub async fn list(
    connection: &mut PgConnection,
    keys: &Keys,
    person_id: Uuid,
    attribute: Attribute,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Said>, Failure> {
    scope::reading(connection, person_id, &[]).await?;
    attribute::said(connection, keys, person_id, attribute, known_at).await
}
