-- A superior in $1 that, through edges in force together on or after $2, stands below
-- itself (on any date where $2 is null); and those of $3 that lie on the way. Run after the moves were written.
with recursive above (start_id, organisation_id, valid) as (
    select start_id, start_id, daterange($2::date, null)
    from (select distinct unnest($1::uuid[]) as start_id) starts
    union
    select above.start_id, edge.superior_id, above.valid * edge.valid
    from above
    join organisation_parent edge on edge.organisation_id = above.organisation_id
    where upper_inf(edge.recorded) and edge.valid && above.valid
), closed as (
    select above.start_id
    from above
    join organisation_parent edge
      on edge.organisation_id = above.organisation_id and edge.superior_id = above.start_id
    where upper_inf(edge.recorded) and edge.valid && above.valid
)
select above.organisation_id as "organisation_id!"
from above
where above.start_id in (select start_id from closed)
  and above.organisation_id = any($3::uuid[])
limit 1
