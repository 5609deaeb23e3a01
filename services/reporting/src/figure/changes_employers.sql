-- The changes that show employers without a union, for some of the surveyors.
select e.surveyor_id as "unit_id!", e.change_id as "change_id!", s.surveyed_on as "on_date!",
       count(*) as "amount!"
from employers_on($2) e
join employer_survey s on s.employer_id = e.employer_id and s.change_id = e.change_id
where e.surveyor_id = any($1::uuid[])
  and access.covers($4)
  and e.workforce >= $3
  and not e.has_union
group by e.surveyor_id, e.change_id, s.surveyed_on
