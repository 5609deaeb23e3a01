-- Who lay below an organisation ($1) of the caller's scope on a day ($2), and itself: grassroots unions
-- ($3), their superiors ($4), each with all above it. What lies below a grassroots union is its own matter.
with recursive below (organisation_id, superior_id, above, grassroots) as (
    select o.organisation_id, null::uuid, '{}'::uuid[], coalesce(t.grassroots, o.grassroots)
    from organisation o
    left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> $2::date
    where o.organisation_id = $1 and access.covers(o.organisation_id)
      and o.founded_on <= $2 and (o.ended_on is null or o.ended_on > $2)
    union all
    select o.organisation_id, e.superior_id, below.above || e.superior_id,
           coalesce(t.grassroots, o.grassroots)
    from below
    join edge e on e.superior_id = below.organisation_id and e.valid @> $2::date
    join organisation o on o.organisation_id = e.organisation_id
    left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> $2::date
    where not below.grassroots and cardinality(below.above) < 32
)
select organisation_id as "organisation_id!", superior_id as "superior_id?", above as "above!",
       grassroots as "grassroots!"
from below
where case when grassroots then $3::boolean else $4::boolean end
order by cardinality(above), organisation_id
