-- A page of the organisation $1 and everything below it on $2, as known at $3 (null for
-- now), in the order of the tree. $4 says that the caller covers all of it: it is today's
-- tree, or the caller's is the whole country; else each organisation is asked for itself.
-- The page begins after the organisation $6 below the superior at the end of the path $5;
-- $7 rows at most. $8 says that there is something to be asked: the type $9, the sector or
-- group $10, the statuses $11, founded from $12 until $13, ended from $14 until $15.
--
-- The skeleton of superiors is small: it is walked whole, from the page's beginning on, and
-- the many leaves are streamed from it in order, so that a page touches only what it shows.
with recursive skeleton (organisation_id, path) as (
    select $1::uuid, array[$1::uuid]
    union all
    select edge.organisation_id, skeleton.path || edge.organisation_id
    from skeleton
    join organisation_parent edge on edge.superior_id = skeleton.organisation_id
    where edge.has_subordinates and edge.valid @> $2::date
      and edge.recorded @> coalesce($3::timestamptz, 'infinity')
      and ($5::uuid[] is null
           or skeleton.path || edge.organisation_id >= $5[:cardinality(skeleton.path) + 1])
)
select paged.organisation_id as "organisation_id!", paged.path as "path!"
from (
    select shown.organisation_id, superior.path, shown.place
    from (select organisation_id, path from skeleton
          where $5::uuid[] is null or path >= $5
          order by path) superior
    cross join lateral (
        -- The superior itself, first among its own: its place in the page is its path's. That
        -- it lives is what its place in the tree says, but for the one asked about.
        select superior.organisation_id, '00000000-0000-0000-0000-000000000000'::uuid as place
        where superior.organisation_id <> $1
           or exists (select from organisation_status status
                      where status.organisation_id = $1
                        and status.valid @> $2::date and status.status <> 'ENDED'
                        and status.recorded @> coalesce($3::timestamptz, 'infinity'))
        union all
        select below.organisation_id, below.organisation_id
        from (
            select leaf.organisation_id
            from organisation_parent leaf
            where leaf.superior_id = superior.organisation_id and not leaf.has_subordinates
              and leaf.valid @> $2::date and leaf.recorded @> coalesce($3::timestamptz, 'infinity')
              and leaf.organisation_id > case when superior.path = $5 then $6::uuid
                                              else '00000000-0000-0000-0000-000000000000' end
            order by leaf.organisation_id
            -- Where nothing more is asked of a leaf, the first ones fill the page.
            limit case when $4::boolean and not $8::boolean then $7::bigint end
        ) below
    ) shown
    where $5::uuid[] is null or superior.path > $5 or shown.place > $6::uuid
    order by superior.path, shown.place
    -- What is asked of each organisation is asked in this order, until the page is full:
    -- without this fence it would be asked of the whole tree first.
    offset 0
) paged
where (not $8::boolean
       or exists (select from fitting(paged.organisation_id, $2::date,
                                      coalesce($3::timestamptz, 'infinity'), $9::text, $10::text,
                                      $11::text[], $12::date, $13::date, $14::date, $15::date)))
  and ($4::boolean or access.covers(paged.organisation_id))
limit $7
