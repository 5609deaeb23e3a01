-- The unions of the last day of a year ($8), of which no rating of the year ($9) counts, by line and why
-- they are not eligible; those without a reason are yet to be rated.
select u.line as "line!", coalesce(why.ineligible, '') as "ineligible!", count(*) as "unions!"
from unions_on($1, $2, $3, $4, $5, $6, $7, $8, false) u
left join rating r on r.organisation_id = u.unit_id and r.year = $9
cross join lateral (
    select rating_ineligibility(u.unit_id, $8, coalesce(r.eligible_after_months, 12),
                                coalesce(r.eligible_after_succession_months, 6)) as ineligible
) why
where r.organisation_id is null or not rating_counts(u.unit_id, coalesce(r.counts_on, $8))
group by u.line, why.ineligible
