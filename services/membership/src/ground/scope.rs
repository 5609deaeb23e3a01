//! One person in the caller's scope.

use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::{merged, roll};

/// The organisation at which a person lies, to whom the caller may do what the act does; refused
/// where she is nobody whom the caller knows, or was erased.
pub async fn of(acting: &mut Acting, person_id: Uuid) -> Result<Uuid, Failure> {
    let field = |_| "person_id".to_string();
    roll::all_in_scope(acting, &[person_id], field).await?;
    let organisation_id = sqlx::query_scalar!(
        r#"select organisation_id as "organisation_id!"
           from person_scope($1) as scope (organisation_id)
           where access.covers(organisation_id)
           order by organisation_id limit 1"#,
        person_id,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(organisation_id)
}

/// As [`of`], where something new is said of her: refused where she was merged, of whom it is said of
/// the one who survives.
pub async fn of_survivor(acting: &mut Acting, person_id: Uuid) -> Result<Uuid, Failure> {
    let organisation_id = of(acting, person_id).await?;
    merged::refuse(acting.db(), &[person_id], |_| "person_id".to_string()).await?;
    Ok(organisation_id)
}

/// Whether the caller, who may read what the method reads of a person, holds each of these permissions
/// on her, too; refused as `of` refuses.
pub async fn reading(
    connection: &mut PgConnection,
    person_id: Uuid,
    permissions: &[&str],
) -> Result<Vec<bool>, Failure> {
    let found = sqlx::query!(
        r#"with lies as materialized (
               select organisation_id from person_scope($1) as scope (organisation_id)
           )
           select coalesce((select bool_or(access.covers(organisation_id)) from lies), false)
                      as "known!",
                  (select name_key = '' from person where person_id = $1) as "erased?",
                  array(select coalesce((select bool_or(access.covers_with(organisation_id, asked.permission))
                                         from lies), false)
                        from unnest($2::text[]) with ordinality as asked (permission, place)
                        order by asked.place) as "held!""#,
        person_id,
        permissions as &[&str],
    )
    .fetch_one(&mut *connection)
    .await?;
    let field = || "person_id".to_string();
    match found.erased {
        Some(erased) if found.known => {
            if erased {
                return Err(Refused::PersonErased { field: field() }.into());
            }
            Ok(found.held)
        }
        _ => {
            let unknown = Refused::PersonUnknown { field: field() };
            Err(access::unknown_or_denied(connection, unknown).await)
        }
    }
}
