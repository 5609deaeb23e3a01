-- The first of the organisations $1 that no right reaches on which an act on it could stand:
-- neither on itself nor on the last superior known. Null where rights reach them all.
with named as materialized (
    select named.organisation_id, named.n, edge.superior_id
    from unnest($1::uuid[]) with ordinality as named (organisation_id, n)
    left join lateral (
        select parent.superior_id
        from organisation_parent parent
        where parent.organisation_id = named.organisation_id and upper_inf(parent.recorded)
        order by lower(parent.valid) desc
        limit 1
    ) edge on true
), reached as materialized (
    -- Thousands of units have few superiors: the right is decided once for each.
    select superior_id
    from (select distinct superior_id from named where superior_id is not null offset 0) seats
    where access.covers(superior_id)
)
select min(n) as "n?"
from named
where not exists (select from reached where reached.superior_id = named.superior_id)
  and not access.covers(organisation_id)
