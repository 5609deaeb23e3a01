-- A report ($1), locked, with the form that it fills: of a reporter of the caller's scope or, of a
-- superior's acts ($2), of a superior in it, to whom it reports.
select r.opening_id as "opening_id!", r.organisation_id as "organisation_id!",
       lower(o.period) as "from_on!", (upper(o.period) - 1) as "through_on!",
       r.state as "state!", r.edition as "edition!", r.revision as "revision!",
       r.content as "content!: Json<Content>", r.reopened as "reopened!",
       r.submitted_on as "submitted_on?", r.approved as "approved?: Json<Content>",
       r.approved_edition as "approved_edition?",
       case when r.grassroots then coalesce(o.grassroots_form, o.superior_form)
            else coalesce(o.superior_form, o.grassroots_form) end as "form!: Json<Form>",
       (o.withdrawn_at is not null) as "withdrawn!"
from periodic_report r
join periodic_report_opening o using (opening_id)
where r.report_id = $1
  and access.covers(case when $2 then coalesce(r.superior_id, r.organisation_id)
                         else r.organisation_id end)
for update of r for share of o
