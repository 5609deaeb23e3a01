//! Reads that several contracts share.

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Refuses the first of some organisations that is unknown or outside the caller's scope; `field` is the
/// list, or the one field that there is.
pub async fn organisations(
    connection: &mut PgConnection,
    field: &str,
    organisation_ids: &[Uuid],
) -> Result<(), Failure> {
    let unknown = sqlx::query!(
        r#"select asked.n as "n!", asked.organisation_id as "organisation_id!"
           from unnest($1::uuid[]) with ordinality as asked (organisation_id, n)
           left join organisation o on o.organisation_id = asked.organisation_id
           where o.organisation_id is null or not access.covers(o.organisation_id)
           order by asked.n
           limit 1"#,
        organisation_ids,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(unknown) = unknown else { return Ok(()) };
    let field = match field.contains('.') {
        true => field.to_string(),
        false => format!("{field}[{}]", unknown.n - 1),
    };
    let organisation_id = unknown.organisation_id;
    let refused = Refused::OrganisationUnknown { field, organisation_id };
    Err(unknown_or_denied(connection, refused).await)
}

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
