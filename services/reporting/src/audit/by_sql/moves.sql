-- Units that came under a head ($1) or left it, on the tree $2, by month ($3 until $4) without being
-- founded or ended: the unions among them, and the members whom they had on the evening before.
with stay as materialized (
    select p.head_id, p.unit_id, unnest(range_agg(p.valid)) as days
    from audited_place($1, $2) p
    group by p.head_id, p.unit_id
),
crossing as materialized (
    select head_id, unit_id, lower(days) as on_date, true as comes
    from stay
    where lower(days) >= $3 and lower(days) < $4
    union all
    select head_id, unit_id, upper(days), false
    from stay
    where upper(days) >= $3 and upper(days) < $4
)
select c.head_id as "head!",
       date_trunc('month', c.on_date)::date as "month!",
       c.comes as "comes!",
       count(*) filter (where not o.never_existed and coalesce(eve.grassroots, o.grassroots)) as "unions!",
       sum(brought.members)::bigint as "members!"
from crossing c
join organisation o on o.organisation_id = c.unit_id
left join organisation_type eve on eve.organisation_id = c.unit_id and eve.valid @> (c.on_date - 1)
cross join lateral (
    select coalesce(sum(case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount
                             else f.amount end), 0) as members
    from fact f
    where f.unit_id = c.unit_id and f.on_date < c.on_date
      and f.code in ('MBR_ADMITTED', 'MBR_RECOGNISED', 'MBR_READMITTED', 'MBR_TRANSFER_IN',
                     'MBR_TRANSFER_OUT', 'MBR_EXITED')
) brought
group by 1, 2, 3
