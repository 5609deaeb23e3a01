-- Employers of at least $9 workers without a living union at the end of a day.
select p.line as "line!", count(*) as "amount!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join employers_on($8) e on e.surveyor_id = p.unit_id
where p.valid @> $8::date
  and e.workforce >= $9
  and not e.has_union
group by p.line
