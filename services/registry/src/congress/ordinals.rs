//! Which number a congress bears: the count goes up by one, and is handed on with the name.

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

/// The number of an organisation's next congress, if it is held on this date; none where its
/// count, or the one that it continues, began before the register knew of it.
pub async fn expected(
    acting: &mut Acting,
    organisation_id: Uuid,
    held_on: Date,
) -> Result<Option<i32>, Failure> {
    let count = sqlx::query_file!("src/congress/ordinals.sql", organisation_id, held_on)
        .fetch_one(acting.db())
        .await?;
    Ok(match (count.last, count.began_before) {
        (Some(last), _) => Some(last + 1),
        (None, true) => None,
        (None, false) => Some(1),
    })
}
