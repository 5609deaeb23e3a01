//! An organisation and everything below it.

use std::collections::HashMap;

use chassis::database::Reading;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::organisation::{Organisation, Scoped, organisations};
use crate::ground::reading::{AsOf, Asked, Filter, Page, in_scope, scope_is_whole};
use crate::ground::tree::ENDED;

/// A page of a subtree: of those that live, or, where only the ended are asked for, of those.
pub async fn subtree(
    reading: &mut Reading,
    organisation_id: Uuid,
    as_of: AsOf,
    filter: &Filter,
    asked: &Asked<'_>,
) -> Result<Page<Organisation>, Failure> {
    filter.refuse_unknown(reading).await?;
    if filter.statuses.as_deref() == Some(&[ENDED.to_string()]) {
        return ended(reading, organisation_id, as_of, filter, asked).await;
    }
    living(reading, organisation_id, as_of, filter, asked).await
}

/// A page of those that had ended, in the order of the codes that they bore last.
async fn ended(
    reading: &mut Reading,
    organisation_id: Uuid,
    as_of: AsOf,
    filter: &Filter,
    asked: &Asked<'_>,
) -> Result<Page<Organisation>, Failure> {
    let after: Option<(String, Uuid)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_code, after_id) = after.unzip();
    let covers_all = scope_is_whole(reading).await?;
    let listed = sqlx::query_file_scalar!(
        "src/organisation/subtree_ended.sql",
        organisation_id,
        as_of.on,
        as_of.known_at,
        covers_all,
        after_code,
        after_id,
        asked.limit(),
        filter.type_code.as_deref(),
        filter.sector.as_deref(),
        filter.statuses.as_deref(),
        filter.founded_from,
        filter.founded_until,
        filter.ended_from,
        filter.ended_until,
        filter.industry.as_deref(),
    )
    .fetch_all(&mut **reading)
    .await?;
    let shown = organisations(reading, &listed, as_of, Scoped::Already).await?;
    asked.page(shown, |last| (last.code.clone(), last.organisation_id))
}

/// A page of those that live in the order of the tree; its token is a path and a place below it.
async fn living(
    reading: &mut Reading,
    organisation_id: Uuid,
    as_of: AsOf,
    filter: &Filter,
    asked: &Asked<'_>,
) -> Result<Page<Organisation>, Failure> {
    let after: Option<(Vec<Uuid>, Uuid)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_path, after_place) = after.unzip();
    // Whoever covers an organisation covers all that stands below it today.
    let covers_all = as_of.is_now || scope_is_whole(reading).await?;
    let rows = sqlx::query_file!(
        "src/organisation/subtree.sql",
        organisation_id,
        as_of.on,
        as_of.known_at,
        covers_all,
        after_path.as_deref(),
        after_place,
        asked.limit(),
        filter.asks(),
        filter.type_code.as_deref(),
        filter.sector.as_deref(),
        filter.statuses.as_deref(),
        filter.founded_from,
        filter.founded_until,
        filter.ended_from,
        filter.ended_until,
        filter.industry.as_deref(),
    )
    .fetch_all(&mut **reading)
    .await?;
    let shown_ids: Vec<Uuid> = rows.iter().map(|row| row.organisation_id).collect();
    let paths: HashMap<Uuid, Vec<Uuid>> =
        rows.into_iter().map(|row| (row.organisation_id, row.path)).collect();
    let shown = organisations(reading, &shown_ids, as_of, Scoped::Already).await?;
    asked.page(shown, |last| {
        let path = paths.get(&last.organisation_id).cloned().unwrap_or_default();
        // A superior stands at the head of its own path.
        let is_superior = path.last() == Some(&last.organisation_id);
        let place = if is_superior { Uuid::nil() } else { last.organisation_id };
        (path, place)
    })
}
