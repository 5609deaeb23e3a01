-- Transfers by head ($1), month ($3 until $4) and code, on a tree ($2): those whose other union does
-- not count under the head on the day of the transfer.
with place as materialized (
    select * from audited_place($1, $2)
)
select p.head_id as "head!",
       date_trunc('month', f.on_date)::date as "month!",
       f.code as "code!",
       sum(f.amount)::bigint as "amount!"
from place p
join fact f on f.unit_id = p.unit_id and f.on_date >= $3 and f.on_date < $4 and p.valid @> f.on_date
where f.code in ('MBR_TRANSFER_IN', 'MBR_TRANSFER_OUT')
  and not exists (select
                  from place other
                  where other.head_id = p.head_id and other.unit_id = f.counterpart_id
                    and other.valid @> f.on_date)
group by 1, 2, 3
