-- Additive facts of some codes ($5) by head ($1), month ($3 until $4), code and reason, on a tree ($2).
select p.head_id as "head!",
       date_trunc('month', f.on_date)::date as "month!",
       f.code as "code!",
       f.reason as "reason!",
       sum(f.amount)::bigint as "amount!"
from audited_place($1, $2) p
join fact f on f.unit_id = p.unit_id and f.on_date >= $3 and f.on_date < $4 and p.valid @> f.on_date
where f.code = any ($5::text[])
group by 1, 2, 3, 4
