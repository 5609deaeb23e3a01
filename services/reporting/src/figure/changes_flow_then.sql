-- The changes behind a flow ($6, with one of the reasons $7, any if there are none) within a period ($4 to
-- the day before $5), as they were known at an instant ($8), for some of the units, each with the days on
-- which it counts ($1 to $3).
select f.unit_id as "unit_id!", f.change_id as "change_id!", f.on_date as "on_date!",
       sum(f.amount)::bigint as "amount!"
from unnest($1::uuid[], $2::date[], $3::date[]) as stay (unit_id, from_on, until_on)
join fact f on f.unit_id = stay.unit_id and f.code = $6 and f.on_date >= $4 and f.on_date < $5
           and daterange(stay.from_on, stay.until_on) @> f.on_date
where (cardinality($7::text[]) = 0 or f.reason = any($7))
  and known_then(f.recorded_at, null, $8)
  and access.covers($9)
group by f.unit_id, f.change_id, f.on_date
having sum(f.amount) <> 0
