-- A page of the organisation $1 and everything below it on $2, as known at $3 (null for
-- now): superiors before their subordinates. $4 says that this is today's tree, which the
-- caller covers as a whole; on another day's tree each organisation is asked for itself.
-- $5 a type or null. The page begins after the organisation $7 below the superior at the end
-- of the path $6; $8 rows at most.
--
-- The skeleton of superiors is small: it is walked whole, and the many leaves are streamed
-- from it in order, so that a page touches only what it shows.
with recursive skeleton (organisation_id, path) as (
    select $1::uuid, array[$1::uuid]
    union all
    select edge.organisation_id, skeleton.path || edge.organisation_id
    from skeleton
    join organisation_parent edge on edge.superior_id = skeleton.organisation_id
    where edge.has_subordinates and edge.valid @> $2::date
      and edge.recorded @> coalesce($3::timestamptz, 'infinity')
)
select paged.organisation_id as "organisation_id!", paged.path as "path!"
from (
    select shown.organisation_id, superior.path, shown.place
    from (select organisation_id, path from skeleton
          where $6::uuid[] is null or path >= $6
          order by path) superior
    cross join lateral (
        -- The superior itself, first among its own: its place in the page is its path's.
        select superior.organisation_id, '00000000-0000-0000-0000-000000000000'::uuid as place
        where exists (select from organisation_status status
                      where status.organisation_id = superior.organisation_id
                        and status.valid @> $2::date and status.status <> 'ENDED'
                        and status.recorded @> coalesce($3::timestamptz, 'infinity'))
        union all
        select leaf.organisation_id, leaf.organisation_id
        from organisation_parent leaf
        where leaf.superior_id = superior.organisation_id and not leaf.has_subordinates
          and leaf.valid @> $2::date and leaf.recorded @> coalesce($3::timestamptz, 'infinity')
    ) shown
    where $6::uuid[] is null or superior.path > $6 or shown.place > $7::uuid
    order by superior.path, shown.place
    -- What is asked of each organisation is asked in this order, until the page is full:
    -- without this fence it would be asked of the whole tree first.
    offset 0
) paged
where ($5::text is null
       or exists (select from organisation_type type
                  where type.organisation_id = paged.organisation_id and type.type = $5
                    and type.valid @> $2::date
                    and type.recorded @> coalesce($3::timestamptz, 'infinity')))
  and ($4 or access.covers(paged.organisation_id))
limit $8
