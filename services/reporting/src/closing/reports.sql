-- How the periodic reports of a period ($2 until $3) stand, of an organisation ($1) of the caller's scope and of all
-- below it, and one of those that are neither approved nor waived. Openings that were withdrawn ask for none.
with of_period as (
    select r.report_id, r.organisation_id, r.state, opening.cutoff_on
    from (
        select own.* from periodic_report own where own.organisation_id = $1
        union all
        select below.* from periodic_report below where below.above @> array[$1]
    ) r
    -- Each report looks its opening up: those of all others would be many.
    cross join lateral (
        select o.cutoff_on, o.period, o.withdrawn_at
        from periodic_report_opening o where o.opening_id = r.opening_id
        offset 0
    ) opening
    where opening.withdrawn_at is null and opening.period <@ daterange($2, $3)
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
