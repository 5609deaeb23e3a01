-- Distinct subjects of a source ($8, with one of the reasons $9, any if there are none) within a period
-- ($6 to the day before $7), under each of some heads ($1). Who is told of as often as she is taken
-- back is none.
select head.unit_id as "head!", count(*) as "amount!"
from unnest($1::uuid[]) as head (unit_id)
cross join lateral (
    select s.subject
    from piece(head.unit_id, $2, 'NONE', $3, $4, $5, false) p
    join subject_fact s on s.unit_id = p.unit_id and s.code = $8
                       and p.valid @> s.on_date and s.on_date >= $6 and s.on_date < $7
    where cardinality($9::text[]) = 0 or s.reason = any($9)
    group by s.subject
    having sum(s.amount) > 0
) shown
group by head.unit_id
