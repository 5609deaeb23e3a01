//! What reporting does when it is told to: one act, one file.

use std::collections::BTreeMap;

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::{Failure, Refusal};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Says on which position of registry's feed an act was decided: whoever follows both feeds
/// applies it after that one.
pub(crate) async fn decided_on_registry(acting: &mut Acting) -> Result<(), Failure> {
    let position =
        sqlx::query_scalar!("select position from feed.follower where source = 'registry'")
            .fetch_optional(acting.db())
            .await?;
    acting.set_registry_position(position.unwrap_or(0));
    Ok(())
}

/// An organisation that a line of a list names, in the caller's scope.
pub(crate) struct Named {
    pub(crate) organisation_type: String,
    pub(crate) grassroots: bool,
}

/// Reads, and locks in one order, the organisations of a list; those that are unknown or out
/// of scope are absent.
pub(crate) async fn named(
    acting: &mut Acting,
    organisations: &[Uuid],
) -> Result<BTreeMap<Uuid, Named>, Failure> {
    let rows = sqlx::query!(
        r#"select o.organisation_id as "organisation_id!",
                  coalesce(t.type, o.type) as "organisation_type!",
                  coalesce(t.grassroots, o.grassroots) as "grassroots!"
           from organisation o
           left join organisation_type t
             on t.organisation_id = o.organisation_id and upper_inf(t.valid)
           where o.organisation_id = any($1) and access.covers(o.organisation_id)
           order by o.organisation_id
           for no key update of o"#,
        organisations,
    )
    .fetch_all(acting.db())
    .await?;
    if rows.is_empty()
        && let Some(first) = organisations.first()
    {
        let unknown =
            Refused::OrganisationUnknown { field: String::new(), organisation_id: *first };
        let failure = unknown_or_denied(acting.db(), unknown).await;
        if failure.refusal().is_none_or(|refusal| refusal.reason() == "PERMISSION_DENIED") {
            return Err(failure);
        }
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let named =
                Named { organisation_type: row.organisation_type, grassroots: row.grassroots };
            (row.organisation_id, named)
        })
        .collect())
}

/// Refuses a decision that registry has not recorded, or that none of these units may rest on: an
/// id that nobody can follow leads a figure's reader nowhere.
pub(crate) async fn refuse_unknown_decision(
    acting: &mut Acting,
    decision_id: Option<Uuid>,
    units: &[Uuid],
) -> Result<(), Failure> {
    let Some(decision_id) = decision_id else { return Ok(()) };
    let known = sqlx::query_scalar!(
        r#"select exists (
               select from decision
               cross join unnest($2::uuid[]) as unit (organisation_id)
               where decision.decision_id = $1
                 and decides_about(decision.issuer_id, unit.organisation_id)
           ) as "known!""#,
        decision_id,
        units,
    )
    .fetch_one(acting.db())
    .await?;
    if known {
        return Ok(());
    }
    Err(unknown_or_denied(acting.db(), Refused::DecisionUnknown { decision_id }).await)
}

/// Refuses with every line at fault, if there is one.
pub(crate) fn refuse_all(faults: Vec<Refused>) -> Result<(), Failure> {
    match faults.into_iter().map(Refusal::from).reduce(Refusal::and) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}
