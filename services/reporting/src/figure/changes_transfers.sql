-- The changes behind transfers of some units, each with the other union. $7 is MBR_TRANSFER_IN or
-- MBR_TRANSFER_OUT. As they were known at an instant ($8; now, if that is null).
select f.unit_id as "unit_id!", f.change_id as "change_id!", f.on_date as "on_date!",
       f.counterpart_id as "counterpart_id!", sum(f.amount)::bigint as "amount!"
from (
    select unit_id, daterange(from_on, until_on) as valid
    from unnest($1::uuid[], $2::date[], $3::date[]) as piece (unit_id, from_on, until_on)
    where access.covers($4)
) p
join fact f on f.unit_id = p.unit_id and f.code = $7
           and p.valid @> f.on_date and f.on_date >= $5 and f.on_date < $6
           and known_then(f.recorded_at, null, $8)
group by f.unit_id, f.change_id, f.on_date, f.counterpart_id
