-- The changes behind transfers that cross the head's border, for some of the units. $10 is
-- MBR_TRANSFER_IN or MBR_TRANSFER_OUT.
with place as materialized (
    select unit_id, valid from piece($1, $2, $3, $4, $5, $6, $7)
)
select f.unit_id as "unit_id!", f.change_id as "change_id!", f.on_date as "on_date!",
       sum(f.amount)::bigint as "amount!"
from place p
join fact f on f.unit_id = p.unit_id and f.code = $10
           and p.valid @> f.on_date and f.on_date >= $8 and f.on_date < $9
where p.unit_id = any($11::uuid[])
  and not exists (select from place other
                  where other.unit_id = f.counterpart_id and other.valid @> f.on_date)
group by f.unit_id, f.change_id, f.on_date
