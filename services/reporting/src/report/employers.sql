-- Employers of at least $4 workers without a union at the end of a day, the largest first,
-- each with the furthest stage that a campaign has reached there.
select e.employer_id as "employer_id!", e.workforce as "workforce!",
       coalesce(name_on(e.surveyor_id, $3), '') as "surveyor!",
       coalesce((select s.reason from subject_fact s
                 where s.code = 'CAMPAIGN' and s.subject = e.employer_id::text and s.on_date <= $3
                 order by s.on_date desc,
                          array_position(array['ELIGIBLE', 'CANVASSED', 'ORGANISING_COMMITTEE', 'BLOCKED', 'FOUNDED'], s.reason) desc
                 limit 1), '') as "stage!"
from place($1, $2) p
join employer_survey e on e.surveyor_id = p.unit_id
where p.valid @> $3::date
  and e.surveyed_on <= $3
  and e.workforce >= $4
  and e.union_ids = '{}'
  and not exists (select from employer_survey later
                  where later.employer_id = e.employer_id
                    and later.surveyed_on > e.surveyed_on and later.surveyed_on <= $3)
  and not exists (select from subject_fact s
                  where s.code = 'CAMPAIGN' and s.reason = 'FOUNDED'
                    and s.subject = e.employer_id::text
                    and s.on_date > e.surveyed_on and s.on_date <= $3)
order by e.workforce desc, e.employer_id
limit $5
