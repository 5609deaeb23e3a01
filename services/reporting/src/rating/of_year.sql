-- Ratings of a year ($8 to the day before $9) by line and grade, of unions that were eligible on the day
-- on which they count, as far as is known now.
select p.line as "line!", f.reason as "reason!", sum(f.amount)::bigint as "amount!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join fact f on f.unit_id = p.unit_id and f.code = 'RATING'
           and p.valid @> f.on_date and f.on_date >= $8 and f.on_date < $9
where rating_counts(f.unit_id, f.on_date)
group by p.line, f.reason
having sum(f.amount) <> 0
