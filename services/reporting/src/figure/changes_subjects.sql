-- The changes that show subjects of a source, for some of the units.
select s.unit_id as "unit_id!", s.change_id as "change_id!", s.on_date as "on_date!",
       count(distinct s.subject) as "amount!"
from piece($1, $2, 'UNIT', $3, $4, $5, $6) p
join subject_fact s on s.unit_id = p.unit_id and s.code = $9
                   and p.valid @> s.on_date and s.on_date >= $7 and s.on_date < $8
where p.unit_id = any($11::uuid[])
  and (cardinality($10::text[]) = 0 or s.reason = any($10))
group by s.unit_id, s.change_id, s.on_date
