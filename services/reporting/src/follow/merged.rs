//! Who of those whom changes name is another.

use chassis::refusal::Failure;
use feeds::membership::Merge;
use sqlx::PgConnection;

/// Somebody is another; whoever had been merged into her is the survivor from now on.
pub async fn one(connection: &mut PgConnection, merge: &Merge) -> Result<(), Failure> {
    sqlx::query!(
        "insert into person_merge (person_id, survivor_id, root_id) values ($1, $2, $2)",
        merge.person_id,
        merge.survivor_id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update person_merge set root_id = $2 where root_id = $1",
        merge.person_id,
        merge.survivor_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// They are two; whoever had been merged into her is she again.
pub async fn two(connection: &mut PgConnection, merge: &Merge) -> Result<(), Failure> {
    sqlx::query!("delete from person_merge where person_id = $1", merge.person_id)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "with recursive hers (person_id) as (
             select person_id from person_merge where survivor_id = $1
             union
             select further.person_id
             from hers join person_merge further on further.survivor_id = hers.person_id
         )
         update person_merge set root_id = $1
         where person_id = any (array(select person_id from hers))",
        merge.person_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}
