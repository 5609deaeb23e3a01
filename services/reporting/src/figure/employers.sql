-- Employers of at least $9 workers without a union at the end of a day, as last surveyed by
-- then; one where a campaign has founded a union since has one.
select p.line as "line!", count(*) as "amount!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join employer_survey e on e.surveyor_id = p.unit_id
where p.valid @> $8::date
  and e.surveyed_on <= $8
  and e.workforce >= $9
  and e.union_ids = '{}'
  and not exists (select from employer_survey later
                  where later.employer_id = e.employer_id
                    and later.surveyed_on > e.surveyed_on and later.surveyed_on <= $8)
  and not exists (select from subject_fact s
                  where s.code = 'CAMPAIGN' and s.reason = 'FOUNDED'
                    and s.subject = e.employer_id::text
                    and s.on_date > e.surveyed_on and s.on_date <= $8)
group by p.line
