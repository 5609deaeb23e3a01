-- What an organisation ($1) of the caller's scope opened, and what others opened in which it is to report: at most
-- $3, after $2.
select o.opening_id as "opening_id!", o.organisation_id as "organisation_id!",
       coalesce(name_on(o.organisation_id, o.cutoff_on), '') as "organisation_name!",
       lower(o.period) as "from_on!", (upper(o.period) - 1) as "through_on!",
       o.cutoff_on as "cutoff_on!", o.due_on as "due_on!",
       o.grassroots_form as "grassroots_form?: Json<Form>", o.superior_form as "superior_form?: Json<Form>",
       o.decision_id as "decision_id?", o.opened_at as "opened_at!", o.reporters as "reporters!",
       o.withdrawn_at as "withdrawn_at?", o.withdrawal_reason as "withdrawal_reason?"
from periodic_report_opening o
where o.opening_id in (
    select own.opening_id from periodic_report_opening own
    where own.organisation_id = $1 and own.opening_id > $2
    union
    select r.opening_id from periodic_report r
    where r.organisation_id = $1 and r.opening_id > $2
)
  and access.covers($1)
order by o.opening_id
limit $3
