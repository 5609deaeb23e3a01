//! What registry answers without changing anything. Every statement carries the scope.

pub mod reference;

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::Failure;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::refused::Refused;

pub use chassis::page::{Asked, Page};

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
    /// An industry.
    pub industry: Option<String>,
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
