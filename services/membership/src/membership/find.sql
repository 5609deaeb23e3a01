-- The person in the caller's scope who has the number of the blind index $1, and the union that
-- counts her on $2. In whose scope somebody lies is looked up in any case.
with holder as materialized (
    select person_id as numbered_id,
           coalesce((select root_id from person_merge
                     where person_merge.person_id = person_identity.person_id),
                    person_id) as person_id
    from person_identity where blind_index = $1 and ended_at is null
), looked_at as materialized (
    select coalesce((select person_id from holder),
                    (select person_id from person order by person_id desc limit 1)) as person_id
), in_scope as materialized (
    select scope.person_id
    from looked_at
    cross join lateral persons_in_scope(array[looked_at.person_id]) as scope (person_id)
)
select person.person_id, person.name,
       nullif(holder.numbered_id, person.person_id) as "merged_person_id?",
       (select organisation_id from membership
        where membership.person_id = person.person_id and from_on <= $2
          and (until_on is null or until_on > $2)) as organisation_id
from in_scope
join holder using (person_id)
join person using (person_id)
