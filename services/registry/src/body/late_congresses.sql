-- Executives that were appointed, in what lay below $1 on $2 and in $1 itself, and that had
-- held no congress by $2, when its time had run out: the latest first, after the organisation
-- $4 whose congress was due on $3, at most $5; as known at $6 (null for now). An appointment that
-- was undone opened nothing.
select late.organisation_id as "organisation_id!",
       late.appointed_on as "appointed_on!",
       late.due_on as "due_on!"
from (
    select opened.organisation_id, opened.appointed_on, opened.due_on
    from living_subtree($1, $2, coalesce($6::timestamptz, 'infinity')) as unit (organisation_id)
    cross join lateral (
        select appointment.organisation_id, appointment.effective_on as appointed_on,
               (appointment.effective_on + make_interval(months => rule.months))::date as due_on
        from appointment
        join deadline_rule rule on rule.deadline = 'APPOINTED_CONGRESS'
                               and rule.valid @> appointment.effective_on
        where appointment.organisation_id = unit.organisation_id
          and appointment.body = 'EXECUTIVE' and appointment.opens_body
          and appointment.effective_on <= $2::date
          and appointment.recorded_at <= coalesce($6::timestamptz, 'infinity')
          and not exists (select from act_undone undone
                          where undone.act_id = appointment.act_id
                            and undone.undone_at <= coalesce($6::timestamptz, 'infinity'))
        order by appointment.effective_on desc
        limit 1
    ) opened
    where opened.due_on < $2::date
      and not exists (select from congress
                      where congress.organisation_id = opened.organisation_id
                        and congress.held_on between opened.appointed_on and $2::date
                        and congress.recorded_at <= coalesce($6::timestamptz, 'infinity'))
      and ($3::date is null or (opened.due_on, opened.organisation_id) > ($3::date, $4::uuid))
    order by opened.due_on, opened.organisation_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) late
where access.covers(late.organisation_id)
limit $5
