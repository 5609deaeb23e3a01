//! A union is known to have been suspended on days on which people had joined it: they stay
//! members, and are listed. The other way round, once it is known that the union is suspended,
//! nobody is admitted or transferred to it.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::{Kind, Obstacle};

/// Lists who joined these unions, by something that was decided, while they were suspended as
/// is known now; what was listed of them before is out of date.
pub async fn list_who_joined(
    connection: &mut PgConnection,
    registry_act_id: Uuid,
    unions: &[Uuid],
    on: Date,
) -> Result<(), Failure> {
    if unions.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update consequence set undone_by = $1
         where organisation_id = any ($2) and kind = $3 and undone_by is null",
        registry_act_id,
        unions,
        Kind::JoinedWhileSuspended as i16,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "with joined as materialized (
             select distinct stay.organisation_id, stay.person_id
             from organisation_suspension suspension
             join membership stay
               on stay.organisation_id = suspension.organisation_id
              and stay.from_on >= suspension.suspended_on
              and (suspension.resumed_on is null or stay.from_on < suspension.resumed_on)
             join movement on movement_id = stay.begun_by
             where suspension.organisation_id = any ($2) and movement.registry_act_id is null
         ), listed as (
             insert into consequence (registry_act_id, organisation_id, kind, effective_on,
                                      members, finished_at)
             select $1, organisation_id, $3, $4, count(*)::integer, now()
             from joined
             group by organisation_id
             on conflict on constraint consequence_key do update
             set members = excluded.members, undone_by = null
         )
         insert into consequence_passed_over
             (person_id, registry_act_id, organisation_id, obstacle, kind, mended_at)
         select person_id, $1, organisation_id, $5, $3, now()
         from joined
         on conflict on constraint consequence_passed_over_key do nothing",
        registry_act_id,
        unions,
        Kind::JoinedWhileSuspended as i16,
        on,
        Obstacle::OrganisationSuspended as i16,
    )
    .execute(connection)
    .await?;
    Ok(())
}
