-- Distinct subjects by head ($1), month ($3 until $4) and number, on the tree $2: of what is counted
-- ($5, each with its code in $6 and its reason in $7, any where that is null). Who is taken back as
-- often as she is told of is none.
select told.head_id as "head!", told.month as "month!", told.number as "number!", count(*) as "amount!"
from (
    select p.head_id, date_trunc('month', s.on_date)::date as month, asked.number, s.subject
    from unnest($5::int[], $6::text[], $7::text[]) as asked (number, code, reason)
    join subject_fact s on s.code = asked.code and (asked.reason is null or s.reason = asked.reason)
                       and s.on_date >= $3 and s.on_date < $4
    join audited_place($1, $2) p on p.unit_id = s.unit_id and p.valid @> s.on_date
    group by 1, 2, 3, 4
    having sum(s.amount) > 0
) told
group by 1, 2, 3
