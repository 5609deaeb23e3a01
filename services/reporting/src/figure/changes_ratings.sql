-- The changes behind ratings, for some of the units.
select f.unit_id as "unit_id!", f.change_id as "change_id!", f.on_date as "on_date!",
       sum(f.amount)::bigint as "amount!"
from (
    select unit_id, daterange(from_on, until_on) as valid
    from unnest($1::uuid[], $2::date[], $3::date[]) as piece (unit_id, from_on, until_on)
    where access.covers($4)
) p
join fact f on f.unit_id = p.unit_id and f.code = 'RATING'
           and p.valid @> f.on_date and f.on_date >= $5 and f.on_date < $6
where (cardinality($7::text[]) = 0 or f.reason = any($7))
  and known_then(f.recorded_at, null, $8)
  and rating_counts(f.unit_id, f.on_date)
group by f.unit_id, f.change_id, f.on_date
having sum(f.amount) <> 0
