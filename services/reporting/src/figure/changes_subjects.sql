-- The changes that show subjects of a source, for some of the units; below 0 those by which what
-- showed them is taken back.
select s.unit_id as "unit_id!", s.change_id as "change_id!", s.on_date as "on_date!",
       count(distinct s.subject) filter (where s.amount > 0)
           - count(distinct s.subject) filter (where s.amount < 0) as "amount!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join subject_fact s on s.unit_id = p.unit_id and s.code = $10
                   and p.valid @> s.on_date and s.on_date >= $8 and s.on_date < $9
where p.unit_id = any($12::uuid[])
  and (cardinality($11::text[]) = 0 or s.reason = any($11))
group by s.unit_id, s.change_id, s.on_date
