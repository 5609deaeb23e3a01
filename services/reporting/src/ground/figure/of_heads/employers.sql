-- Employers of at least $7 workers without a living union at the end of a day ($6), under each of some
-- heads ($1).
select head.unit_id as "head!", count(*) as "amount!"
from unnest($1::uuid[]) as head (unit_id)
cross join lateral piece(head.unit_id, $2, 'NONE', $3, $4, $5, false) p
join employers_on($6) e on e.surveyor_id = p.unit_id
where p.valid @> $6::date and e.workforce >= $7 and not e.has_union
group by head.unit_id
