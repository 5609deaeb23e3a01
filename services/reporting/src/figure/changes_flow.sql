-- The changes behind a flow, for some of the units, as they were known at an instant ($9; now, if that is
-- null).
select f.unit_id as "unit_id!", f.change_id as "change_id!", f.on_date as "on_date!",
       sum(f.amount)::bigint as "amount!"
from (
    select unit_id, daterange(from_on, until_on) as valid
    from unnest($1::uuid[], $2::date[], $3::date[]) as piece (unit_id, from_on, until_on)
    where access.covers($4)
) p
join fact f on f.unit_id = p.unit_id and f.code = $7
           and p.valid @> f.on_date and f.on_date >= $5 and f.on_date < $6
where (cardinality($8::text[]) = 0 or f.reason = any($8))
  and known_then(f.recorded_at, null, $9)
group by f.unit_id, f.change_id, f.on_date
having sum(f.amount) <> 0
