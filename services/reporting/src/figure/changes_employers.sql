-- The surveys that show employers without a union, for some of the surveyors.
select e.surveyor_id as "unit_id!", e.change_id as "change_id!", count(*) as "amount!"
from employer_survey e
where e.surveyor_id = any($1::uuid[])
  and access.covers($4)
  and e.surveyed_on <= $2
  and e.workforce >= $3
  and e.union_ids = '{}'
  and not exists (select from employer_survey later
                  where later.employer_id = e.employer_id
                    and later.surveyed_on > e.surveyed_on and later.surveyed_on <= $2)
  and not exists (select from subject_fact s
                  where s.code = 'CAMPAIGN' and s.reason = 'FOUNDED'
                    and s.subject = e.employer_id::text
                    and s.on_date > e.surveyed_on and s.on_date <= $2)
group by e.surveyor_id, e.change_id
