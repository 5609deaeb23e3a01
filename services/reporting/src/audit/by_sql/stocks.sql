-- What there is at the end of each month ($3 until $4) by head ($1), on the tree $2: members, by no
-- kind; and people who stand beside their memberships, by how they do.
with place as materialized (
    select * from audited_place($1, $2)
),
-- What each month changed; the first, also all that was before.
change as (
    select f.unit_id,
           case f.code when 'STANDING' then f.reason else '' end as kind,
           greatest(date_trunc('month', f.on_date)::date, $3) as month,
           sum(case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount else f.amount end) as amount
    from fact f
    where f.on_date < $4
      and f.code in ('MBR_ADMITTED', 'MBR_RECOGNISED', 'MBR_READMITTED', 'MBR_TRANSFER_IN',
                     'MBR_TRANSFER_OUT', 'MBR_EXITED', 'STANDING')
      and f.unit_id in (select unit_id from place)
    group by 1, 2, 3
),
-- What it leaves, until another month changes it: a unit has as many rows as it has such months, and
-- not as many as there are changes before each.
level as materialized (
    select c.unit_id,
           c.kind,
           c.month,
           lead(c.month) over of_unit as until_month,
           sum(c.amount) over of_unit as amount
    from change c
    window of_unit as (partition by c.unit_id, c.kind order by c.month)
),
at_its_end as materialized (
    select l.unit_id, l.kind, m.first_day::date as month,
           (m.first_day + interval '1 month')::date - 1 as last_day, l.amount
    from generate_series($3::date::timestamp, ($4::date - 1)::timestamp, interval '1 month') as m (first_day)
    join level l on l.month <= m.first_day and (l.until_month is null or l.until_month > m.first_day)
    where l.amount <> 0
)
select p.head_id as "head!", e.month as "month!", e.kind as "kind!", sum(e.amount)::bigint as "amount!"
from at_its_end e
join place p on p.unit_id = e.unit_id and p.valid @> e.last_day
group by 1, 2, 3
