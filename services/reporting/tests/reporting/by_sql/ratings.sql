-- Ratings of a period ($8 to the day before $9) by line and grade, under each of some heads ($1), of
-- unions that were eligible on the day on which they count, as far as is known now: one that is rated
-- without being so is in no numerator and in no denominator.
select head.unit_id as "head!", p.line as "line!", f.reason as "reason!", sum(f.amount)::bigint as "amount!"
from unnest($1::uuid[]) as head (unit_id)
cross join lateral piece(head.unit_id, $2, $3, $4, $5, $6, $7) p
join fact f on f.unit_id = p.unit_id and f.code = 'RATING'
           and p.valid @> f.on_date and f.on_date >= $8 and f.on_date < $9
where rating_counts(f.unit_id, f.on_date)
group by head.unit_id, p.line, f.reason
having sum(f.amount) <> 0
