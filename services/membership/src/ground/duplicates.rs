//! Two who are likely to be one person: found as people are written down and known otherwise.

use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

/// Of somebody so many others at most are found in one union: of more, the name says nothing.
const ALIKE_MAX: i64 = 20;

/// Notes who is likely to be one of these people: whoever lies, or lay, in a union of theirs, has
/// the name and the birth, and no citizen's number of her own. What somebody has said to be two stays
/// so.
pub async fn look(acting: &mut Acting, person_ids: &[Uuid]) -> Result<(), Failure> {
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query_file!("src/ground/duplicates.sql", person_ids, ALIKE_MAX, act_id, acted_at,)
        .execute(acting.db())
        .await?;
    Ok(())
}

/// A person is known otherwise: so is who is likely to be she.
pub async fn look_again(acting: &mut Acting, person_id: Uuid) -> Result<(), Failure> {
    sqlx::query!(
        "delete from duplicate_candidate
         where (person_id = $1 or other_id = $1) and dismissed is null",
        person_id,
    )
    .execute(acting.db())
    .await?;
    look(acting, &[person_id]).await
}
