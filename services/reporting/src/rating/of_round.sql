-- The unions of a round ($8) by line, state, grade and why they are not rated; each where it stood when
-- they were listed ($9), or where it is counted as of a day.
select p.line as "line!", coalesce(listed.grade, '') as "grade!",
       coalesce(listed.ineligible, '') as "ineligible!", count(*) as "unions!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join rating_of_round listed on listed.round_id = $8 and listed.organisation_id = p.unit_id
where p.valid @> $9::date
group by p.line, listed.grade, listed.ineligible
