-- From $3 on, each of $1 stands under the superior at the same place in $2, until its next
-- known change of place. Recorded at $4 by the act $5. What was known of the other days stays.
with moved as (
    select * from unnest($1::uuid[], $2::uuid[]) as moved (organisation_id, superior_id)
), replaced as (
    update organisation_parent edge
    set recorded = tstzrange(lower(edge.recorded), greatest(lower(edge.recorded), $4)),
        replaced_by = $5
    from moved
    where edge.organisation_id = moved.organisation_id
      and upper_inf(edge.recorded) and edge.valid @> $3::date
    returning edge.organisation_id, edge.superior_id, edge.has_subordinates, edge.valid
), kept as (
    insert into organisation_parent
        (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
    select organisation_id, superior_id, daterange(lower(valid), $3), tstzrange($4, null),
           has_subordinates, $5
    from replaced
    returning organisation_id
)
insert into organisation_parent
    (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
select organisation_id, moved.superior_id, daterange($3, upper(replaced.valid)),
       tstzrange($4, null), replaced.has_subordinates, $5
from kept
join replaced using (organisation_id)
join moved using (organisation_id)
