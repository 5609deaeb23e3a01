-- Secondments that hold on $2, sent ($3) or received ($4) by $1 or what lay below it: after
-- the secondment $5, at most $6; as known at $7 (null for now). It is over once either organisation has ended.
with below as materialized (
    select organisation_id from subtree($1, $2, coalesce($7::timestamptz, 'infinity')) as unit (organisation_id)
)
select held.secondment_id as "secondment_id!",
       held.organisation_id as "organisation_id!",
       held.host_id as "host_id!",
       held.person_id as "person_id!",
       held.task as "task!",
       lower(held.valid) as "from_on!",
       upper(held.valid) as "until_on?",
       held.decision_id as "decision_id?"
from (
    select secondment.*
    from secondment
    where secondment.valid @> $2::date and secondment.recorded @> coalesce($7::timestamptz, 'infinity')
      and ($3 and secondment.organisation_id in (select organisation_id from below)
           or $4 and secondment.host_id in (select organisation_id from below))
      and not exists (select from organisation_ending ending
                      where ending.organisation_id in (secondment.organisation_id, secondment.host_id)
                        and ending.ended_on <= $2::date and ending.recorded @> coalesce($7::timestamptz, 'infinity'))
      and ($5::uuid is null or secondment.secondment_id > $5)
    order by secondment.secondment_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) held
where access.covers(held.organisation_id) or access.covers(held.host_id)
limit $6
