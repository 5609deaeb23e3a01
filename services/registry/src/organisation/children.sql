-- The direct subordinates of $1 on $2 as known at $3 (null for now), in order of code, after
-- the code $5 of $6, at most $7. $4 says that this is today's tree: whoever covers the
-- superior covers them; on another day's tree each is asked for itself.
select child.organisation_id as "organisation_id!"
from (
    select edge.organisation_id
    from (
        -- Each has an index of its own, whatever is asked of what was known when.
        select * from organisation_parent
        where superior_id = $1 and has_subordinates
        union all
        select * from organisation_parent
        where superior_id = $1 and not has_subordinates
    ) edge
    -- A fence: who stands below comes first, whatever the planner believes of how few codes
    -- are borne on a day.
    cross join lateral (
        select known.code
        from organisation_code known
        where known.organisation_id = edge.organisation_id
          and known.valid @> $2::date and known.recorded @> coalesce($3::timestamptz, 'infinity')
        offset 0
    ) code
    where edge.valid @> $2::date and edge.recorded @> coalesce($3::timestamptz, 'infinity')
      and ($5::text is null or (code.code, edge.organisation_id) > ($5, $6::uuid))
    order by code.code, edge.organisation_id
    -- A fence: the scope is asked one by one, in this order, until the page is full.
    offset 0
) child
where $4 or access.covers(child.organisation_id)
limit $7
