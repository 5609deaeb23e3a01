-- What there is at the end of each month ($3 until $4) by head ($1), on the tree $2: members, by no
-- kind; and people who stand beside their memberships, by how they do.
with place as materialized (
    select * from audited_place($1, $2)
),
-- What each month changed; the first, also all that was before.
change as materialized (
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
)
select p.head_id as "head!", m.first_day::date as "month!", c.kind as "kind!", sum(c.amount)::bigint as "amount!"
from generate_series($3::date::timestamp, ($4::date - 1)::timestamp, interval '1 month') as m (first_day)
join change c on c.month <= m.first_day
join place p on p.unit_id = c.unit_id and p.valid @> ((m.first_day + interval '1 month')::date - 1)
group by 1, 2, 3
