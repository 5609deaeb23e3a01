-- The changes by which people stand so in some of the units at the end of a day, as far as they were known
-- at an instant ($5; now, if that is null).
select f.unit_id as "unit_id!",
       f.change_id as "change_id!",
       f.on_date as "on_date!",
       sum(f.amount)::bigint as "amount!"
from fact f
where f.unit_id = any($1::uuid[]) and f.code = 'STANDING' and f.reason = any($2::text[])
  and f.on_date <= $3 and access.covers($4)
  and known_then(f.recorded_at, null, $5)
group by f.unit_id, f.change_id, f.on_date
having sum(f.amount) <> 0
