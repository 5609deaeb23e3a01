-- Employers without a living union at the end of each month ($3 until $4), by head ($1) and by the
-- least workforce that is asked for ($5), on the tree $2.
with recursive known as materialized (
    select distinct on (m.first_day, e.employer_id)
           m.first_day::date as first_day,
           (m.first_day + interval '1 month')::date - 1 as last_day,
           e.employer_id, e.surveyor_id, e.workforce, e.union_ids
    from generate_series($3::date::timestamp, ($4::date - 1)::timestamp, interval '1 month') as m (first_day)
    join employer_survey e on e.surveyed_on < (m.first_day + interval '1 month')::date
    order by m.first_day, e.employer_id, e.surveyed_on desc
),
gathers (employer_id, first_day, last_day, union_id) as (
    select k.employer_id, k.first_day, k.last_day, named.union_id
    from known k
    cross join lateral unnest(k.union_ids) as named (union_id)
    union
    select g.employer_id, g.first_day, g.last_day, o.heir_id
    from gathers g
    join organisation o on o.organisation_id = g.union_id and o.ended_on <= g.last_day
    where o.heir_id is not null
),
with_union as materialized (
    select distinct g.employer_id, g.first_day
    from gathers g
    join organisation o on o.organisation_id = g.union_id
    where not o.never_existed and daterange(o.founded_on, o.ended_on) @> g.last_day
)
select p.head_id as "head!", k.first_day as "month!", least.workforce as "workforce!", count(*) as "amount!"
from known k
cross join unnest($5::int[]) as least (workforce)
join audited_place($1, $2) p on p.unit_id = k.surveyor_id and p.valid @> k.last_day
left join with_union w on w.employer_id = k.employer_id and w.first_day = k.first_day
where k.workforce >= least.workforce and w.employer_id is null
group by 1, 2, 3
