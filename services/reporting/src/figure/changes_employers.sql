-- The changes that show employers without a union, for some of the surveyors.
select e.surveyor_id as "unit_id!", e.change_id as "change_id!", count(*) as "amount!"
from employers_on($2) e
where e.surveyor_id = any($1::uuid[])
  and access.covers($4)
  and e.workforce >= $3
  and not e.has_union
group by e.surveyor_id, e.change_id
