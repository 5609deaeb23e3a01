//! Organisations of the caller's scope, wherever they stand.

use chassis::database::Reading;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::communes;
use crate::ground::organisation::{Organisation, Scoped, organisations};
use crate::ground::reading::{AsOf, Asked, Filter, Page, scope_is_whole};

/// Which organisations are listed.
#[derive(Debug)]
pub struct Listed {
    /// How their codes begin.
    pub code_prefix: String,
    /// What the caller calls a commune of their territory.
    pub commune: Option<String>,
    /// What else is asked.
    pub filter: Filter,
}

/// A page of the organisations that fit, in the order of their codes.
pub async fn list(
    reading: &mut Reading,
    as_of: AsOf,
    Listed { code_prefix, commune, filter }: &Listed,
    asked: &Asked<'_>,
) -> Result<Page<Organisation>, Failure> {
    let after: Option<(String, Uuid)> = asked.after()?;
    filter.refuse_unknown(reading).await?;
    let (after_code, after_id) = after.unzip();
    let covers_all = scope_is_whole(reading).await?;
    if let Some(commune) = commune {
        let codes = communes::named(reading, commune, as_of.on).await?;
        let listed = sqlx::query_file_scalar!(
            "src/organisation/list_in_communes.sql",
            as_of.on,
            as_of.known_at,
            covers_all,
            code_prefix,
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
            &codes,
            filter.industry.as_deref(),
        )
        .fetch_all(&mut **reading)
        .await?;
        let shown = organisations(reading, &listed, as_of, Scoped::Already).await?;
        return asked.page(shown, |last| (last.code.clone(), last.organisation_id));
    }
    let listed = sqlx::query_file_scalar!(
        "src/organisation/list.sql",
        as_of.on,
        as_of.known_at,
        covers_all,
        code_prefix,
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
