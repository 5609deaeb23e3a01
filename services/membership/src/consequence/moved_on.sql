-- People who moved on, by something that was decided, from where these acts of registry ($1) had
-- put them: out of the union that they were moved into, or into another after their membership
-- had ended. Whom only later ends have moved on has not. Of unions in the caller's scope.
with because as (
    select movement_id, kind, effective_on,
           coalesce(from_organisation_id, to_organisation_id) as organisation_id
    from movement
    where registry_act_id = any ($1)
), covered as materialized (
    select organisation_id
    from (select distinct organisation_id from because) as each
    where access.covers(organisation_id)
), moved as (
    select because.organisation_id, because.effective_on, stay.person_id
    from because
    join membership stay on stay.begun_by = because.movement_id
    union
    select because.organisation_id, because.effective_on, stay.person_id
    from because
    join membership stay on because.kind = 'exit' and stay.ended_by = because.movement_id
), moved_on as (
    select moved.organisation_id, moved.person_id, next.effective_on as leaves_on,
           next.to_organisation_id
    from moved
    join membership later on later.person_id = moved.person_id
    join movement next on next.movement_id in (later.begun_by, later.ended_by)
    where next.effective_on > moved.effective_on
      -- What somebody decided, or what is recorded in its place.
      and (next.registry_act_id is null or next.kind = 'admission' or next.restates is not null)
      and coalesce(next.registry_act_id <> all ($1), true)
)
select distinct on (moved_on.organisation_id, moved_on.person_id)
       moved_on.organisation_id as "organisation_id!",
       moved_on.person_id as "person_id!",
       null::date as joins_on,
       moved_on.leaves_on,
       moved_on.to_organisation_id
from moved_on join covered using (organisation_id)
order by moved_on.organisation_id, moved_on.person_id, moved_on.leaves_on
