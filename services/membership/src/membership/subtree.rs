//! The members of all that stood under an organisation on a day.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;
use crate::membership::members::Listed;

/// The members of so many organisations are read at first; then of twice as many at a time, while
/// the page is not full.
const UNIONS_FIRST: usize = 8;
const UNIONS_MAX: usize = 1_024;

/// A page of the members on a day, in the order of their unions and of their own ids, as far as the
/// unions lie in the caller's scope today.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    as_of: Date,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Listed>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<(Uuid, Uuid)>()?.unwrap_or_default();
    let unions = unions(connection, organisation_id, as_of, after.0).await?;
    let limit = usize::try_from(asked.limit()).unwrap_or(usize::MAX);
    let rows = members(connection, &unions, as_of, known_at, after, limit).await?;
    asked.page(rows, |member| (member.organisation_id, member.person_id))
}

/// What stood under an organisation on a day, from one id on, in order.
async fn unions(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    as_of: Date,
    from: Uuid,
) -> Result<Vec<Uuid>, Failure> {
    let unions = sqlx::query_scalar!(
        r#"select organisation_id as "organisation_id!"
           from lay_under($1, $2) as under (organisation_id)
           where organisation_id >= $3
           order by organisation_id"#,
        organisation_id,
        as_of,
        from,
    )
    .fetch_all(connection)
    .await?;
    Ok(unions)
}

/// The first members of these unions, which are in order, that come after one of them.
async fn members(
    connection: &mut PgConnection,
    unions: &[Uuid],
    as_of: Date,
    known_at: Option<OffsetDateTime>,
    (after_union, after_person): (Uuid, Uuid),
    limit: usize,
) -> Result<Vec<Listed>, Failure> {
    let mut rows: Vec<Listed> = Vec::new();
    let (mut left, mut chunk) = (unions, UNIONS_FIRST);
    while rows.len() < limit && !left.is_empty() {
        let (some, rest) = left.split_at(chunk.min(left.len()));
        let wanted = i64::try_from(limit - rows.len()).unwrap_or(i64::MAX);
        let found = match known_at {
            None => {
                sqlx::query_file_as!(
                    Listed,
                    "src/membership/subtree.sql",
                    some,
                    as_of,
                    after_union,
                    after_person,
                    wanted,
                )
                .fetch_all(&mut *connection)
                .await?
            }
            Some(at) => {
                sqlx::query_file_as!(
                    Listed,
                    "src/membership/subtree_known.sql",
                    some,
                    as_of,
                    after_union,
                    after_person,
                    wanted,
                    at,
                )
                .fetch_all(&mut *connection)
                .await?
            }
        };
        rows.extend(found);
        (left, chunk) = (rest, (chunk * 2).min(UNIONS_MAX));
    }
    Ok(rows)
}
