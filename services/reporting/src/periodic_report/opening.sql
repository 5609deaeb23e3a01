-- An opening ($1) of the caller's scope, or one that is asked about for an organisation ($2) of the caller's scope
-- that is to report in it, or has others below it who are.
select o.opening_id as "opening_id!", o.organisation_id as "organisation_id!",
       coalesce(name_on(o.organisation_id, o.cutoff_on), '') as "organisation_name!",
       lower(o.period) as "from_on!", (upper(o.period) - 1) as "through_on!",
       o.cutoff_on as "cutoff_on!", o.due_on as "due_on!",
       o.grassroots_form as "grassroots_form?: Json<Form>", o.superior_form as "superior_form?: Json<Form>",
       o.decision_id as "decision_id?", o.opened_at as "opened_at!", o.reporters as "reporters!",
       o.withdrawn_at as "withdrawn_at?", o.withdrawal_reason as "withdrawal_reason?"
from periodic_report_opening o
where o.opening_id = $1
  and (access.covers(o.organisation_id)
       or (access.covers($2)
           and exists (select from periodic_report r
                       where r.opening_id = $1 and (r.organisation_id = $2 or $2 = any (r.above)))))
