-- The roll-up of facts by month, held against the facts of the month: of units under a head ($1), of
-- some months ($2 until $3). The first that differ, and how many there are of either.
with unit as materialized (
    select distinct p.unit_id from audited_place($1, null) p
),
kept as (
    select m.unit_id, m.code, m.month, m.reason, m.sex, m.counterpart_id, m.amount
    from unit_month m
    join unit u on u.unit_id = m.unit_id
    where m.month >= $2 and m.month < $3
),
told as (
    select f.unit_id, f.code, date_trunc('month', f.on_date)::date as month, f.reason, f.sex,
           f.counterpart_id, sum(f.amount)::bigint as amount
    from fact f
    join unit u on u.unit_id = f.unit_id
    where f.on_date >= $2 and f.on_date < $3
    group by 1, 2, 3, 4, 5, 6
),
cell as materialized (
    select unit_id, code, month, coalesce(kept.amount, 0) as answered, coalesce(told.amount, 0) as counted
    from kept
    full join told using (unit_id, code, month, reason, sex, counterpart_id)
)
select (select count(*) from cell) as "cells!",
       (select count(*) from cell where answered <> counted) as "differing!",
       differs.unit_id as "unit_id?", differs.code as "code?", differs.month as "month?",
       differs.answered as "answered?", differs.counted as "counted?"
from (values (1)) as one (row)
left join lateral (
    select * from cell where answered <> counted order by unit_id, code, month limit 100
) differs on true
