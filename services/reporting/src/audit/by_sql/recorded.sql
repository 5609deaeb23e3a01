-- Facts of activities, held against what is recorded of them here: of units under a head
-- ($1), of some months ($2 until $3). The first that differ, and how many there are of either.
with unit as materialized (
    select distinct p.unit_id from audited_place($1, null) p
),
recorded as (
    select unit_id, code, date_trunc('month', on_date)::date as month, sum(amount)::bigint as amount
    from (
        select a.organisation_id as unit_id, one.code, one.on_date, one.amount
        from activity a
        cross join lateral (
            select it ->> 'code' as code, (it ->> 'on')::date as on_date, (it ->> 'amount')::bigint as amount
            from jsonb_array_elements(a.counted) it
            where not it ? 'subject'
            union all
            -- One of a program of before.
            select a.kind, a.held_on, a.times::bigint
            where a.counted is null and a.kind in ('INSPECTION', 'LAUNCH')
        ) one
    ) written
    where unit_id in (select unit_id from unit) and on_date >= $2 and on_date < $3
    group by 1, 2, 3
),
told as (
    select f.unit_id, f.code, date_trunc('month', f.on_date)::date as month, sum(f.amount)::bigint as amount
    from fact f
    join unit u on u.unit_id = f.unit_id
    where f.on_date >= $2 and f.on_date < $3
      and f.code in ('INSPECTION', 'LAUNCH', 'ACTIVITY', 'ACTIVITY_OF', 'ACTIVITY_AMOUNT',
                     'ACTIVITY_REACHED')
    group by 1, 2, 3
),
cell as materialized (
    select unit_id, code, month, coalesce(told.amount, 0) as answered, coalesce(recorded.amount, 0) as counted
    from told
    full join recorded using (unit_id, code, month)
)
select (select count(*) from cell) as "cells!",
       (select count(*) from cell where answered <> counted) as "differing!",
       differs.unit_id as "unit_id?", differs.code as "code?", differs.month as "month?",
       differs.answered as "answered?", differs.counted as "counted?"
from (values (1)) as one (row)
left join lateral (
    select * from cell where answered <> counted order by unit_id, code, month limit 100
) differs on true
