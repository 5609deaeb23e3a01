-- The steering committees of $1 alone ($2) or also of what lay below it in which somebody sat
-- on $3: after the committee $4, at most $5; as known at $6 (null for now).
select committee.body_id as "steering_committee_id!",
       committee.organisation_id as "organisation_id!",
       committee.name as "name!",
       (select min(lower(seat.valid)) from office seat
        where seat.body_id = committee.body_id and seat.recorded @> coalesce($6::timestamptz, 'infinity')) as "established_on!",
       (select count(*)::int from office seat
        where seat.body_id = committee.body_id and seat.recorded @> coalesce($6::timestamptz, 'infinity')
          and seat.valid @> $3::date) as "members!",
       (select count(distinct assignment.unit_id)::int from unit_assignment assignment
        where assignment.body_id = committee.body_id and assignment.recorded @> coalesce($6::timestamptz, 'infinity')
          and assignment.valid @> $3::date) as "units!"
from (
    select body.*
    from body
    where body.body = 'STEERING'
      -- One list of units, looked up in the index, whichever is asked for.
      and body.organisation_id = any (
              case when $2 then array[$1::uuid]
                   else array(select subtree($1, $3, coalesce($6::timestamptz, 'infinity'))) end)
      and exists (select from office seat
                  where seat.body_id = body.body_id and seat.recorded @> coalesce($6::timestamptz, 'infinity')
                    and seat.valid @> $3::date)
      and ($4::uuid is null or body.body_id > $4)
    order by body.body_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) committee
where access.covers(committee.organisation_id)
limit $5
