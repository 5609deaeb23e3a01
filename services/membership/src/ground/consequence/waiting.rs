//! Tells that an act of registry has been heard, also where all that it means for members waits
//! for somebody: who counts them knows then that nothing more comes of itself.

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
