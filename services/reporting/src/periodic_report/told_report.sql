-- What a report ($1) says, which the caller may read, and how those stand who report to it.
select lower(o.period) as "from_on!", (upper(o.period) - 1) as "through_on!",
       r.content as "content!: Json<Content>", r.approved as "approved?: Json<Content>",
       r.reopened as "reopened!",
       case when r.grassroots then coalesce(o.grassroots_form, o.superior_form)
            else coalesce(o.superior_form, o.grassroots_form) end as "form!: Json<Form>",
       (select count(*)::integer from periodic_report below
        where below.opening_id = r.opening_id and below.superior_id = r.organisation_id) as "below!",
       (select count(*)::integer from periodic_report_consumed c
        where c.report_id = r.report_id) as "consolidated!",
       (select count(*)::integer from periodic_report_consumed c
        join periodic_report below on below.report_id = c.below_id
        where c.report_id = r.report_id and below.edition <> c.edition) as "stale!"
from periodic_report r
join periodic_report_opening o using (opening_id)
where r.report_id = $1
  and (access.covers(r.organisation_id) or access.covers(r.superior_id))
