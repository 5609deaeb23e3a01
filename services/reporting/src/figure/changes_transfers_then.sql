-- The changes behind transfers ($6 is MBR_TRANSFER_IN or MBR_TRANSFER_OUT) within a period ($4 to the day
-- before $5), as they were known at an instant ($7), for some of the units, each with the days on which it
-- counts ($1 to $3); by the other union, which may count too.
select f.unit_id as "unit_id!", f.change_id as "change_id!", f.on_date as "on_date!",
       f.counterpart_id as "counterpart_id!", sum(f.amount)::bigint as "amount!"
from unnest($1::uuid[], $2::date[], $3::date[]) as stay (unit_id, from_on, until_on)
join fact f on f.unit_id = stay.unit_id and f.code = $6 and f.on_date >= $4 and f.on_date < $5
           and daterange(stay.from_on, stay.until_on) @> f.on_date
where known_then(f.recorded_at, null, $7)
  and access.covers($8)
group by f.unit_id, f.change_id, f.on_date, f.counterpart_id
