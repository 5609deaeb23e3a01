-- One of the units $1 that stands below itself: through edges that hold on the same days it
-- reaches itself, the first of them recorded at $2. Run after an act has written, at that
-- instant, what it changes: whatever stood below nobody before does so through such an edge.
with recursive above (start_id, organisation_id, valid) as (
    select edge.organisation_id, edge.superior_id, edge.valid
    from organisation_parent edge
    where edge.organisation_id = any($1::uuid[])
      and upper_inf(edge.recorded) and lower(edge.recorded) = $2::timestamptz
      -- Whoever is on a cycle has subordinates: the many that have none need not be followed.
      and exists (select from organisation_parent below
                  where below.superior_id = edge.organisation_id and upper_inf(below.recorded))
    union
    select above.start_id, edge.superior_id, above.valid * edge.valid
    from above
    join organisation_parent edge on edge.organisation_id = above.organisation_id
    where above.organisation_id <> above.start_id
      and upper_inf(edge.recorded) and edge.valid && above.valid
)
select start_id as "organisation_id!"
from above
where organisation_id = start_id
limit 1
