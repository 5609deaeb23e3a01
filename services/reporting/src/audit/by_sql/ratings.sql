-- Ratings by head ($1), month ($3 until $4) and grade, on the tree $2, of organisations that lived and
-- were unions on a day of the year that ends on the day of the rating.
select p.head_id as "head!",
       date_trunc('month', f.on_date)::date as "month!",
       f.reason as "reason!",
       sum(f.amount)::bigint as "amount!"
from audited_place($1, $2) p
join fact f on f.unit_id = p.unit_id and f.on_date >= $3 and f.on_date < $4 and p.valid @> f.on_date
join organisation o on o.organisation_id = f.unit_id
cross join lateral (
    select daterange(o.founded_on, o.ended_on)
           * daterange((f.on_date - interval '1 year')::date, f.on_date, '(]') as days
) lived
where f.code = 'RATING'
  and not o.never_existed
  and not isempty(lived.days)
  and case
          when exists (select from organisation_type t where t.organisation_id = o.organisation_id)
          then exists (select from organisation_type t
                       where t.organisation_id = o.organisation_id and t.grassroots and t.valid && lived.days)
          else o.grassroots end
group by 1, 2, 3
