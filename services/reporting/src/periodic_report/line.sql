-- A report ($1) of a reporter of the caller's scope, or that reports into it.
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
where r.report_id = $1
  and (access.covers(r.organisation_id) or access.covers(r.superior_id))
