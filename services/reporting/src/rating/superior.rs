//! Who appraises and decides: whoever holds it on the organisation above the union, and not the union
//! itself, whose own grant reaches it too.

use std::collections::HashSet;

use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

/// Those of some unions, all in the caller's scope, whose superiors are not.
pub async fn own_unions(acting: &mut Acting, units: &[Uuid]) -> Result<HashSet<Uuid>, Failure> {
    let today = acting.today;
    let own = sqlx::query_scalar!(
        r#"select o.organisation_id as "organisation_id!"
           from organisation o
           where o.organisation_id = any($1)
             and not coalesce(
                 access.covers(coalesce(
                     (select e.superior_id from edge e
                      where e.organisation_id = o.organisation_id and e.valid @> $2::date),
                     o.last_superior_id)),
                 false)"#,
        units,
        today,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(own.into_iter().collect())
}
