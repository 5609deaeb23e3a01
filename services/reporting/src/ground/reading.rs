//! Reads that several contracts share.

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Refuses an organisation that is unknown or outside the caller's scope.
pub async fn organisation(
    connection: &mut PgConnection,
    organisation_id: Uuid,
) -> Result<(), Failure> {
    let covered = sqlx::query_scalar!(
        "select organisation_id from organisation
         where organisation_id = $1 and access.covers(organisation_id)",
        organisation_id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    match covered {
        Some(_) => Ok(()),
        None => {
            let unknown = Refused::OrganisationUnknown {
                field: "organisation_id".to_string(),
                organisation_id,
            };
            Err(unknown_or_denied(connection, unknown).await)
        }
    }
}
