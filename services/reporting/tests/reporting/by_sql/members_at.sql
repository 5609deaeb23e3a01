-- Members at the end of a day: what each unit's movements until then leave.
with unit as materialized (
    select p.unit_id, p.line from piece($1, $2, $3, $4, $5, $6, $7) p where p.valid @> $8::date
)
select line as "line!", sum(amount)::bigint as "amount!"
from (
    select u.line, case when m.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -m.amount else m.amount end as amount
    from unit u
    join unit_month m on m.unit_id = u.unit_id and m.code = any($9::text[])
                     and m.month < date_trunc('month', $8::date + 1)::date
    union all
    select u.line, case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount else f.amount end
    from unit u
    join fact f on f.unit_id = u.unit_id and f.code = any($9::text[])
               and f.on_date >= date_trunc('month', $8::date + 1)::date and f.on_date <= $8
) movement
group by line
having sum(amount) <> 0
