-- The changes that made the members of some of the units at the end of a day, as far as they were known
-- at an instant ($5; now, if that is null).
select f.unit_id as "unit_id!",
       f.change_id as "change_id!",
       f.on_date as "on_date!",
       sum(case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount else f.amount end)::bigint as "amount!"
from fact f
where f.unit_id = any($1::uuid[]) and f.code = any($2::text[]) and f.on_date <= $3
  and access.covers($4)
  and known_then(f.recorded_at, null, $5)
group by f.unit_id, f.change_id, f.on_date
having sum(case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount else f.amount end) <> 0
