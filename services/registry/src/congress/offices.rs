//! Offices held in an organisation and below it.

use chassis::database::Reading;
use chassis::refusal::Failure;
use feeds::registry::Office;
use uuid::Uuid;

use crate::congress::wire::OfficesAsked;
use crate::ground::codes::{Coded, refuse_unknown};
use crate::ground::reading::{Asked, Page, in_scope};

/// A page of offices, in order of their ids.
pub async fn offices(
    reading: &mut Reading,
    of: &OfficesAsked,
    asked: &Asked<'_>,
) -> Result<Page<Office>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", of.organisation_id).await?;
    refuse_unknown(reading, "body", of.body.as_deref().map(Coded::Body)).await?;
    let offices = sqlx::query_as!(
        Office,
        r#"select office_id, organisation_id, body, position, person_id, term_until,
                  from_on as "from_on!"
           from (select office.*, lower(valid) as from_on
                 from office
                 -- One list of units, looked up in the index, whichever is asked for.
                 where organisation_id = any (
                           case when $2 then array[$1::uuid]
                                else array(select subtree($1, $3, coalesce($7::timestamptz, 'infinity'))) end)
                   and recorded @> coalesce($7::timestamptz, 'infinity') and valid @> $3::date
                   and ($4::text is null or body = $4)
                   and ($5::uuid is null or office_id > $5)
                 order by office_id
                 -- A fence: the scope is asked in this order, until the page is full.
                 offset 0) held
           where access.covers(organisation_id)
           limit $6"#,
        of.organisation_id,
        of.own_only,
        of.as_of.on,
        of.body.as_deref(),
        after,
        asked.limit(),
        of.as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(offices, |office| office.office_id)
}
