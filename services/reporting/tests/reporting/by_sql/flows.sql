-- What happened in a period, by line, source and reason: whole months from the roll-up, the
-- days at either end of each stay from the facts themselves. A unit that moved within the
-- period has several stays, each with its own days.
with span as materialized (
    select p.unit_id,
           p.line,
           lower(r.days) as from_on,
           upper(r.days) as until_on,
           -- The whole months within: [first_month, last_month).
           case when extract(day from lower(r.days)) = 1 then lower(r.days)
                else (date_trunc('month', lower(r.days)) + interval '1 month')::date end as first_month,
           date_trunc('month', upper(r.days))::date as last_month
    from piece($1, $2, $3, $4, $5, $6, $7) p
    cross join lateral (select p.valid * daterange($8, $9) as days) r
    where not isempty(r.days)
)
select line as "line!", code as "code!", reason as "reason!", sum(amount)::bigint as "amount!"
from (
    select s.line, m.code, m.reason, m.amount
    from span s
    join unit_month m on m.unit_id = s.unit_id and m.code = any($10::text[])
                     and m.month >= s.first_month and m.month < s.last_month
    union all
    select s.line, f.code, f.reason, f.amount
    from span s
    join fact f on f.unit_id = s.unit_id and f.code = any($10::text[])
               and f.on_date >= s.from_on and f.on_date < s.until_on
               and not (f.on_date >= s.first_month and f.on_date < s.last_month)
) movement
group by line, code, reason
having sum(amount) <> 0
