-- Employers of at least $4 workers without a living union at the end of a day, the largest first,
-- each with its name then, if it was told, and the furthest stage that a campaign has reached there; how many there are in all.
select e.employer_id as "employer_id!", e.workforce as "workforce!",
       coalesce((select s.name from employer_survey s
                 where s.employer_id = e.employer_id and s.surveyed_on <= $3
                 order by s.surveyed_on desc
                 limit 1), '') as "name!",
       coalesce(name_on(e.surveyor_id, $3), '') as "surveyor!",
       coalesce((select s.reason from subject_fact s
                 where s.code = 'CAMPAIGN' and s.subject = e.employer_id::text and s.on_date <= $3
                 order by s.on_date desc,
                          array_position(array['ELIGIBLE', 'CANVASSED', 'ORGANISING_COMMITTEE', 'BLOCKED', 'FOUNDED'], s.reason) desc
                 limit 1), '') as "stage!",
       e.of as "of!"
from (
    select e.employer_id, e.workforce, e.surveyor_id, count(*) over () as of
    from place($1, $2) p
    join employers_on($3) e on e.surveyor_id = p.unit_id
    where p.valid @> $3::date
      and e.workforce >= $4
      and not e.has_union
    order by e.workforce desc, e.employer_id
    limit $5
) e
order by e.workforce desc, e.employer_id
