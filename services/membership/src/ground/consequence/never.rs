//! Unions whose founding was taken back: they never existed, and nobody was ever in them. And
//! unions that were founded later than was known: nobody was in them before.
//!
//! Whoever came by a transfer is where she came from; whoever was admitted there, and has no
//! earlier place, is an applicant again, if she was one, and lies where the union was founded.

use chassis::feed::Following;
use chassis::refusal::Failure;
use feeds::membership::{Event, Finished};
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::{Kind, Obstacle, settle};

/// Puts back the people of unions that never existed, or that did not exist yet when they came,
/// because of an act of registry.
pub async fn put_back(
    following: &mut Following,
    registry_act_id: Uuid,
    units: &[Uuid],
    kind: Kind,
    on: Date,
) -> Result<(), Failure> {
    let within = sqlx::query!(
        r#"select organisation_id, person_id
           from membership join organisation known using (organisation_id)
           where organisation_id = any ($1) and (known.never_existed or from_on < known.founded_on)
           order by organisation_id, person_id"#,
        units,
    )
    .fetch_all(following.db())
    .await?;
    if within.is_empty() {
        return Ok(());
    }
    // Listed first: what becomes of somebody says because of which act.
    sqlx::query!(
        "insert into consequence (registry_act_id, organisation_id, kind, effective_on)
         select distinct $1::uuid, organisation_id, $3::smallint, $4::date
         from membership join organisation known using (organisation_id)
         where organisation_id = any ($2) and (known.never_existed or from_on < known.founded_on)
         on conflict on constraint consequence_key do nothing",
        registry_act_id,
        units,
        kind as i16,
        on,
    )
    .execute(following.db())
    .await?;
    let people: Vec<Uuid> = within.iter().map(|row| row.person_id).collect();
    let left = settle::follow(following, registry_act_id, &people).await?;

    let mut counted: Vec<(Uuid, Vec<Uuid>)> = Vec::new();
    for row in within {
        if counted.last().is_none_or(|(unit, _)| *unit != row.organisation_id) {
            counted.push((row.organisation_id, Vec::new()));
        }
        if let Some((_, people)) = counted.last_mut()
            && people.last() != Some(&row.person_id)
            && !left.contains(&row.person_id)
        {
            people.push(row.person_id);
        }
    }
    let unit_ids: Vec<Uuid> = counted.iter().map(|(unit, _)| *unit).collect();
    let members: Vec<i32> =
        counted.iter().map(|(_, people)| i32::try_from(people.len()).unwrap_or(i32::MAX)).collect();
    let finished = sqlx::query!(
        r#"update consequence
         set members = consequence.members + line.people,
             finished_at = case when obstacle is distinct from $5 then now() end
         from unnest($2::uuid[], $3::integer[]) as line (organisation_id, people)
         where registry_act_id = $1 and consequence.organisation_id = line.organisation_id
           and kind = $4
         returning consequence.organisation_id, members, finished_at is not null as "done!""#,
        registry_act_id,
        &unit_ids,
        &members,
        kind as i16,
        Obstacle::LaterMovement as i16,
    )
    .fetch_all(following.db())
    .await?;
    for row in finished.into_iter().filter(|row| row.done) {
        let members = row.members.max(0);
        let organisation_id = row.organisation_id;
        let finished =
            Event::ConsequenceFinished(Finished { registry_act_id, organisation_id, members });
        following.publish(finished.on(on));
    }
    Ok(())
}
