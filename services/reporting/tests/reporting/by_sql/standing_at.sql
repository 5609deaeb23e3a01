-- People who stand so at the end of a day: who began to until then, less who no longer does.
with unit as materialized (
    select p.unit_id, p.line from piece($1, $2, $3, $4, $5, $6, $7) p where p.valid @> $8::date
)
select line as "line!", sum(amount)::bigint as "amount!"
from (
    select u.line, m.amount
    from unit u
    join unit_month m on m.unit_id = u.unit_id and m.code = 'STANDING' and m.reason = any($9::text[])
                     and m.month < date_trunc('month', $8::date + 1)::date
    union all
    select u.line, f.amount
    from unit u
    join fact f on f.unit_id = u.unit_id and f.code = 'STANDING' and f.reason = any($9::text[])
               and f.on_date >= date_trunc('month', $8::date + 1)::date and f.on_date <= $8
) begun
group by line
having sum(amount) <> 0
