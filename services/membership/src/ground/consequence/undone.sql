-- The people of the movements $1 for whom nothing later rests on them: the stay that the
-- movement began still lasts or, after an exit, none was begun since. With the stay that it
-- began or, for an exit, ended.
select movement.movement_id as "movement_id!",
       movement.kind as "kind!",
       movement.from_organisation_id,
       movement.to_organisation_id,
       movement.admission_kind,
       movement.exit_reason,
       movement.effective_on as "effective_on!",
       movement.registry_act_id,
       stay.person_id as "person_id!",
       stay.membership_id as "membership_id!",
       person.sex as "sex!",
       coalesce(person.birth_year, 0::smallint) as "birth_year!"
from movement
cross join lateral (
    select begun.person_id, begun.membership_id
    from membership begun
    where movement.kind <> 'exit' and begun.begun_by = movement.movement_id
      and begun.until_on is null
    union all
    select ended.person_id, ended.membership_id
    from membership ended
    where movement.kind = 'exit' and ended.ended_by = movement.movement_id
      and not exists (select from membership later
                      where later.person_id = ended.person_id
                        and later.membership_id <> ended.membership_id
                        and (later.until_on is null or later.until_on > ended.until_on))
) stay
join person using (person_id)
where movement.movement_id = any ($1)
order by movement.movement_id, stay.person_id
