//! Tells what of an act of registry is still to come: that it has been heard, also where all that it
//! means for members waits for somebody; and that it is carried out in parts. Who counts members
//! knows then whether more comes of itself.

use chassis::feed::Following;
use chassis::refusal::Failure;
use feeds::membership::Event;
use time::Date;
use uuid::Uuid;

/// Publishes that what an act means waits, if it does. For acts of which nothing else is told.
pub async fn tell_what_waits(
    following: &mut Following,
    registry_act_id: Uuid,
    effective_on: Date,
) -> Result<(), Failure> {
    let organisations = sqlx::query_scalar!(
        r#"select count(distinct organisation_id) as "organisations!"
           from consequence
           where registry_act_id = $1 and finished_at is null and undone_by is null"#,
        registry_act_id,
    )
    .fetch_one(following.db())
    .await?;
    if organisations > 0 {
        let organisations = i32::try_from(organisations).unwrap_or(i32::MAX);
        let waiting = Event::ConsequencesWaiting { registry_act_id, organisations };
        following.publish(waiting.on(effective_on));
    }
    Ok(())
}

/// Tells that more comes of itself, with the first part.
pub(super) async fn something_left(following: &mut Following) -> Result<(), Failure> {
    let (part_id, from_position) = (following.act_id, following.source_position());
    let first = sqlx::query!(
        "insert into consequences_left (part_id, from_position) values ($1, $2)
         on conflict on constraint consequences_left_pkey do nothing",
        part_id,
        from_position,
    )
    .execute(following.db())
    .await?;
    if first.rows_affected() > 0 {
        let left = Event::ConsequencesLeft { part_id, from_position: Some(from_position) };
        following.publish(left.on(following.today));
    }
    Ok(())
}

/// Tells that nothing more comes of itself, where it was said that something would.
pub(super) async fn nothing_left(following: &mut Following) -> Result<(), Failure> {
    let part_id = sqlx::query_scalar!("delete from consequences_left returning part_id")
        .fetch_optional(following.db())
        .await?;
    if let Some(part_id) = part_id {
        let left = Event::ConsequencesLeft { part_id, from_position: None };
        following.publish(left.on(following.today));
    }
    Ok(())
}
