//! Finding organisations by name or code.

use std::collections::HashSet;

use chassis::database::Reading;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::communes;
use crate::ground::organisation::{Organisation, Scoped, organisations};
use crate::ground::reading::{AsOf, Filter, in_scope};
use crate::ground::search_index::SearchIndex;

/// So many are answered.
const FOUND_MAX: usize = 50;
/// So many candidates are asked about at first; then more at a time, for callers in whose
/// scope few of them lie.
const CANDIDATES_FIRST: usize = 100;
const CANDIDATES_MAX: usize = 10_000;

/// What is searched for.
#[derive(Debug)]
pub struct Sought {
    /// As the caller wrote it.
    pub text: String,
    /// Only below this organisation, on the date asked about.
    pub within_id: Option<Uuid>,
    /// What the caller calls a commune of its territory.
    pub commune: Option<String>,
    /// What else is asked.
    pub filter: Filter,
}

/// The organisations with a name like the text, best first.
pub async fn search(
    reading: &mut Reading,
    names: &SearchIndex,
    sought: &Sought,
    as_of: AsOf,
) -> Result<Vec<Organisation>, Failure> {
    if let Some(within_id) = sought.within_id {
        in_scope(reading, "within_id", within_id).await?;
    }
    sought.filter.refuse_unknown(reading).await?;
    let asked = sqlx::query!(
        r#"select fold($1) as "folded!", scope_is_whole() as "covers_all!""#,
        sought.text
    )
    .fetch_one(&mut **reading)
    .await?;
    let in_communes = match &sought.commune {
        Some(commune) => Some(communes::named(reading, commune, as_of.on).await?),
        None => None,
    };
    let in_communes = in_communes.as_deref();
    let mut candidates = names.find(reading, asked.folded).await?;
    let mut found = Vec::with_capacity(FOUND_MAX);
    let mut seen = HashSet::new();
    let mut chunk = CANDIDATES_FIRST;
    while found.len() < FOUND_MAX {
        let proposed = candidates.take(chunk);
        if proposed.is_empty() {
            break;
        }
        chunk = (chunk * 4).min(CANDIDATES_MAX);
        let (ids, keys): (Vec<Uuid>, Vec<String>) =
            proposed.into_iter().map(|one| (one.organisation_id, one.key)).unzip();
        let proposed = Proposed { ids: &ids, keys: &keys, in_communes };
        let fitting = fitting(reading, proposed, sought, as_of, asked.covers_all).await?;
        // One organisation may be proposed for several of its names.
        found.extend(fitting.into_iter().filter(|id| seen.insert(*id)));
    }
    found.truncate(FOUND_MAX);
    organisations(reading, &found, as_of, Scoped::Already).await
}

/// Candidates, each with the name that it is proposed for, and the communes, if any, of which one
/// must be theirs.
struct Proposed<'a> {
    ids: &'a [Uuid],
    keys: &'a [String],
    in_communes: Option<&'a [String]>,
}

/// Those candidates, in their order, that the caller may see and asked for.
async fn fitting(
    reading: &mut Reading,
    Proposed { ids, keys, in_communes }: Proposed<'_>,
    sought: &Sought,
    as_of: AsOf,
    covers_all: bool,
) -> Result<Vec<Uuid>, Failure> {
    let filter = &sought.filter;
    let found = sqlx::query_file_scalar!(
        "src/organisation/search.sql",
        ids,
        keys,
        as_of.known_at,
        covers_all,
        sought.within_id,
        as_of.on,
        filter.asks(),
        filter.type_code.as_deref(),
        filter.sector.as_deref(),
        filter.statuses.as_deref(),
        filter.founded_from,
        filter.founded_until,
        filter.ended_from,
        filter.ended_until,
        in_communes,
        filter.industry.as_deref(),
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(found)
}
