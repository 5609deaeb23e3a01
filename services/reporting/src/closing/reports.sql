-- How the periodic reports of a period ($2 until $3) stand, of an organisation ($1) of the caller's scope and of all
-- below it, and one of those that are neither approved nor waived. Openings that were withdrawn ask for none.
with of_period as (
    select r.report_id, r.organisation_id, r.state, o.cutoff_on
    from periodic_report r
    join periodic_report_opening o using (opening_id)
    where (r.organisation_id = $1 or r.above @> array[$1])
      and o.withdrawn_at is null and o.period <@ daterange($2, $3)
      and access.covers($1)
)
select count(*) filter (where state not in ('APPROVED', 'WAIVED')) as "outstanding!",
       (count(*) filter (where state = 'APPROVED'))::integer as "approved!",
       (count(*) filter (where state = 'WAIVED'))::integer as "waived!",
       (select report_id from of_period where state not in ('APPROVED', 'WAIVED')
        order by report_id limit 1) as "first_id?",
       (select name_on(organisation_id, cutoff_on) from of_period
        where state not in ('APPROVED', 'WAIVED') order by report_id limit 1) as "first_name?"
from of_period
