//! A superior's consent to what the rules allow with it only.

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::basis;
use crate::ground::refused::Refused;

/// Refuses a decision as consent that no superior of the organisation, as it stood on that
/// day, has issued; `field` named it. One that no act about the organisation may rest on is
/// unknown: of whom else it is, nobody learns here.
pub async fn refuse_other_than_superiors(
    acting: &mut Acting,
    field: &str,
    decision_id: Uuid,
    organisation_id: Uuid,
    on: Date,
) -> Result<(), Failure> {
    let issuer_id = basis::decided_about(acting, decision_id, organisation_id)
        .await?
        .ok_or_else(|| Refused::DecisionUnknown { decision_id }.at(field))?
        .issuer_id;
    let is_superior = sqlx::query_scalar!(
        r#"with recursive above (organisation_id) as (
               select superior_id from organisation_parent
               where organisation_id = $1 and valid @> $2::date and upper_inf(recorded)
                 and access.covers($1)
               union
               select edge.superior_id from above
               join organisation_parent edge using (organisation_id)
               where edge.valid @> $2::date and upper_inf(edge.recorded)
           )
           select exists (select from above where organisation_id = $3) as "is_superior!""#,
        organisation_id,
        on,
        issuer_id,
    )
    .fetch_one(acting.db())
    .await?;
    if !is_superior {
        return Err(Refused::ConsentNotSuperiors { decision_id }.at(field));
    }
    Ok(())
}
