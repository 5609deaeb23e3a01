//! The direct subordinates of an organisation.

use chassis::database::Reading;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::organisation::{Organisation, Scoped, organisations};
use crate::ground::reading::{AsOf, Asked, Page, in_scope};

/// A page of children, in order of code.
pub async fn children(
    reading: &mut Reading,
    organisation_id: Uuid,
    as_of: AsOf,
    asked: &Asked<'_>,
) -> Result<Page<Organisation>, Failure> {
    let after: Option<(String, Uuid)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_code, after_id) = after.unzip();
    let child_ids = sqlx::query_file_scalar!(
        "src/organisation/children.sql",
        organisation_id,
        as_of.on,
        as_of.known_at,
        as_of.is_now,
        after_code,
        after_id,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    let children = organisations(reading, &child_ids, as_of, Scoped::Already).await?;
    asked.page(children, |child| (child.code.clone(), child.organisation_id))
}
