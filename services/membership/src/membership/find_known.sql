-- As find.sql, as was known at $3; who may read it is decided by what is known now.
with holder as materialized (
    select person_id as numbered_id,
           coalesce((select root_id from person_merge_known merged
                     where merged.person_id = identity.person_id
                       and merged.recorded @> $3::timestamptz limit 1),
                    person_id) as person_id
    from person_identity_known identity
    where blind_index = $1 and ended_at is null and recorded @> $3::timestamptz
    limit 1
), looked_at as materialized (
    select coalesce((select person_id from holder),
                    (select person_id from person order by person_id desc limit 1)) as person_id
), in_scope as materialized (
    select scope.person_id
    from looked_at
    cross join lateral persons_in_scope(array[looked_at.person_id]) as scope (person_id)
)
select person.person_id as "person_id!", person.name as "name!",
       nullif(holder.numbered_id, person.person_id) as "merged_person_id?",
       (select organisation_id from membership_known stay
        where stay.person_id = person.person_id and from_on <= $2
          and (until_on is null or until_on > $2)
          and stay.recorded @> $3::timestamptz
        limit 1) as organisation_id
from in_scope
join holder using (person_id)
join person_known person
  on person.person_id = holder.person_id and person.recorded @> $3::timestamptz
