//! What registry answers without changing anything. Every statement carries the scope.

pub mod bodies;
pub mod body_lists;
pub mod ceremony;
pub mod children;
pub mod code_bearers;
pub mod codes;
pub mod communes;
pub mod compare;
pub mod decision;
pub mod decision_effects;
pub mod details;
pub mod employers;
pub mod grants;
pub mod list;
pub mod offices;
pub mod operations;
pub mod organisation;
pub mod plans;
pub mod reference;
pub mod search;
pub mod secondments;
pub mod steering_committees;
pub mod subtree;
pub mod succession_plans;
pub mod successions;
pub mod timeline;
pub mod unit_assignments;

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::page::{self, QueryDigest};
use chassis::refusal::{Failure, Refusal};
use chassis::seen::Keys;
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::error::Refused;

/// Which tree is asked about: as it stood on a date, as known at an instant.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    /// The date.
    pub on: Date,
    /// None means now.
    pub known_at: Option<OffsetDateTime>,
    /// It is today's tree as known now: the one on which rights are decided.
    pub is_now: bool,
}

/// Which organisations of a list are asked for; nothing asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// For example `CDCS`.
    pub type_code: Option<String>,
    /// A sector, or a group of sectors.
    pub sector: Option<String>,
    /// As SQL's `fitting` names them.
    pub statuses: Option<Vec<String>>,
    /// Founded on this day or later.
    pub founded_from: Option<Date>,
    /// Founded before this day.
    pub founded_until: Option<Date>,
    /// Known to end on this day or later.
    pub ended_from: Option<Date>,
    /// Known to end before this day.
    pub ended_until: Option<Date>,
}

impl Filter {
    /// Whether anything is asked at all.
    pub fn asks(&self) -> bool {
        *self != Self::default()
    }
}

/// Whether the caller's scope is the whole country, so that it need not be asked of each
/// organisation.
pub async fn scope_is_whole(reading: &mut Reading) -> Result<bool, Failure> {
    let is_whole = sqlx::query_scalar!(r#"select scope_is_whole() as "is_whole!""#)
        .fetch_one(&mut **reading)
        .await?;
    Ok(is_whole)
}

/// A page of rows.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Empty on the last page.
    pub next_page_token: String,
}

/// What a caller asks of a list: how long a page, after which row.
pub struct Asked<'a> {
    keys: &'a Keys,
    query: QueryDigest,
    token: String,
    /// Rows on a page.
    pub size: i64,
}

impl<'a> Asked<'a> {
    /// Reads page size and token off a request; `query` is the digest of the rest of it.
    pub fn new(keys: &'a Keys, query: QueryDigest, token: String, size: i32) -> Self {
        Self { keys, query, token, size: chassis::parse::page_size(size) }
    }

    /// After which row the page begins; none for the first page.
    pub fn after<C: DeserializeOwned>(&self) -> Result<Option<C>, Refusal> {
        page::open(self.keys, self.query, &self.token)
    }

    /// So many rows are read: one more than the page holds, to know whether another follows.
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// Makes a page of rows read up to [`Asked::limit`]; `cursor` tells where a row stands.
    pub fn page<T, C: Serialize>(
        &self,
        mut rows: Vec<T>,
        cursor: impl Fn(&T) -> C,
    ) -> Result<Page<T>, Failure> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let another_follows = rows.len() > size;
        rows.truncate(size);
        let next_page_token = match rows.last() {
            Some(last) if another_follows => page::seal(self.keys, self.query, &cursor(last))?,
            _ => String::new(),
        };
        Ok(Page { rows, next_page_token })
    }
}

/// Refuses an organisation that is unknown or out of scope.
pub async fn in_scope(
    reading: &mut Reading,
    field: &str,
    organisation_id: Uuid,
) -> Result<(), Failure> {
    let known = sqlx::query_scalar!(
        r#"select true as "known!" from organisation
           where organisation_id = $1 and access.covers($1)"#,
        organisation_id,
    )
    .fetch_optional(&mut **reading)
    .await?;
    if known.is_some() {
        return Ok(());
    }
    let refusal = Refused::OrganisationUnknown { organisation_id }.at(field);
    Err(unknown_or_denied(reading, refusal).await)
}
