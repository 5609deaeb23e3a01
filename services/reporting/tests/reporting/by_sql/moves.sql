-- Units that came under the head or left it within a period without being founded or ended,
-- and the members whom they brought or took: those of the evening before.
with place as materialized (
    select unit_id, line, valid from piece($1, $2, $3, $4, $5, $6, $7)
),
-- A unit that moves from one line of the head to another neither comes nor leaves.
stay as (
    select unit_id, unnest(range_agg(valid)) as days from place group by unit_id
),
crossing as (
    select unit_id, lower(days) as on_date, true as comes from stay
    where lower(days) >= $8 and lower(days) < $9
    union all
    select unit_id, upper(days), false from stay
    where upper(days) >= $8 and upper(days) < $9
)
select p.line as "line!",
       c.comes as "comes!",
       count(*) filter (where coalesce(t.grassroots, o.grassroots) and not o.never_existed) as "unions!",
       coalesce(sum(members_before(c.unit_id, c.on_date)), 0)::bigint as "members!"
from crossing c
join organisation o on o.organisation_id = c.unit_id
-- What it was the evening before: a change of type on the day is a movement of its own.
left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> (c.on_date - 1)
join place p on p.unit_id = c.unit_id
            and case when c.comes then lower(p.valid) else upper(p.valid) end = c.on_date
group by p.line, c.comes
