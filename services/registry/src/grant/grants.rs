//! Who may act on an organisation and below it.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{Asked, Page, in_scope};

/// A grant as it stood on a date.
#[derive(Debug)]
pub struct Grant {
    /// UUIDv7.
    pub grant_id: Uuid,
    /// The identity provider.
    pub issuer: String,
    /// Its subject.
    pub subject: String,
    /// A name in roles.toml.
    pub role: String,
    /// Where.
    pub organisation_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The first day without it.
    pub until_on: Option<Date>,
}

/// A page of the grants in force on a date, in order of their ids.
pub async fn grants(
    reading: &mut Reading,
    (organisation_id, on, own_only): (Uuid, Date, bool),
    asked: &Asked<'_>,
) -> Result<Page<Grant>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let grants = sqlx::query_as!(
        Grant,
        r#"select grant_id, issuer, subject, role, organisation_id,
                  lower(valid) as "from_on!", upper(valid) as until_on
           from role_grant
           -- One list of units, looked up in the index, whichever is asked for.
           where organisation_id = any (
                     case when $2 then array[$1::uuid]
                          else array(select subtree($1, $3, 'infinity')) end)
             and upper_inf(recorded) and valid @> $3::date
             and ($4::uuid is null or grant_id > $4)
             and access.covers(organisation_id)
           order by grant_id
           limit $5"#,
        organisation_id,
        own_only,
        on,
        after,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(grants, |grant| grant.grant_id)
}
