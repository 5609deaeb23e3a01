-- Ratings of a period ($6 to the day before $7) with one of the grades $8 (any, if there are none), of
-- unions that were eligible on the day on which they count, under each of some heads ($1).
select head.unit_id as "head!", sum(f.amount)::bigint as "amount!"
from unnest($1::uuid[]) as head (unit_id)
cross join lateral piece(head.unit_id, $2, 'NONE', $3, $4, $5, false) p
join fact f on f.unit_id = p.unit_id and f.code = 'RATING'
           and p.valid @> f.on_date and f.on_date >= $6 and f.on_date < $7
where rating_counts(f.unit_id, f.on_date)
  and (cardinality($8::text[]) = 0 or f.reason = any($8))
group by head.unit_id
