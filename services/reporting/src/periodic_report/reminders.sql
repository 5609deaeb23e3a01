-- The reports of an organisation ($1) of the caller's scope, and of those below it, that are not handed in and
-- are due by a day ($2): at most $5, after the one that is due on $3 with the id $4. Of an opening that was
-- withdrawn nothing is due.
select r.report_id as "report_id!", r.opening_id as "opening_id!", r.organisation_id as "organisation_id!",
       coalesce(name_on(r.organisation_id, o.cutoff_on), '') as "organisation_name!",
       r.superior_id as "superior_id?", r.state as "state!", r.edition as "edition!",
       r.revision as "revision!", o.due_on as "due_on!", r.submitted_on as "submitted_on?",
       exists (select from periodic_report_consumed c
               join periodic_report below on below.report_id = c.below_id
               where c.report_id = r.report_id and below.edition <> c.edition) as "stale!",
       exists (select from organisation unit
               where unit.organisation_id = r.organisation_id
                 and unit.ended_on <= access.today()) as "ended!"
from periodic_report r
join periodic_report_opening o using (opening_id)
where r.due_on <= $2 and r.submitted_on is null and r.state in ('DUE', 'DRAFT', 'RETURNED')
  and ($3::date is null or (r.due_on, r.report_id) > ($3, $4))
  and (r.organisation_id = $1 or r.above @> array[$1])
  and access.covers($1)
  and (access.covers(r.organisation_id) or access.covers(r.superior_id))
order by r.due_on, r.report_id
limit $5
