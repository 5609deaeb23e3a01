-- The changes behind ratings, for some of the units.
select f.unit_id as "unit_id!", f.change_id as "change_id!", f.on_date as "on_date!",
       sum(f.amount)::bigint as "amount!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join fact f on f.unit_id = p.unit_id and f.code = 'RATING'
           and p.valid @> f.on_date and f.on_date >= $8 and f.on_date < $9
where p.unit_id = any($11::uuid[])
  and (cardinality($10::text[]) = 0 or f.reason = any($10))
  and rating_counts(f.unit_id, f.on_date)
group by f.unit_id, f.change_id, f.on_date
having sum(f.amount) <> 0
