-- Employers of at least $9 workers without a living union at the end of a day ($8), by line, under each
-- of some heads ($1).
select head.unit_id as "head!", p.line as "line!", count(*) as "amount!"
from unnest($1::uuid[]) as head (unit_id)
cross join lateral piece(head.unit_id, $2, $3, $4, $5, $6, $7) p
join employers_on($8) e on e.surveyor_id = p.unit_id
where p.valid @> $8::date
  and e.workforce >= $9
  and not e.has_union
group by head.unit_id, p.line
