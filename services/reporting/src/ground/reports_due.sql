-- Assignments of an organisation's steering committees that hold within a period, from the one
-- that began on $5 with the id $6 on, at most $7; and how many there are from there on.
select a.assignment_id as "assignment_id!",
       a.steering_committee_id as "steering_committee_id!",
       a.office_id as "office_id!",
       a.person_id as "person_id!",
       a.position as "position!",
       a.unit_id as "unit_id!",
       coalesce(name_on(a.unit_id, $4), '') as "unit_name!",
       lower(a.valid) as "from_on!",
       upper(a.valid) as "until_on?",
       a.of as "of!"
from (
    select a.*, coalesce(o.position, '') as position, count(*) over () as of
    from steering_committee c
    join unit_assignment a using (steering_committee_id)
    left join office o using (office_id)
    where c.organisation_id = $1
      and access.covers(c.organisation_id)
      and not isempty(a.valid * daterange($2, $3))
      and ($5::date is null or (lower(a.valid), a.assignment_id) >= ($5, $6))
    order by lower(a.valid), a.assignment_id
    limit $7
) a
order by lower(a.valid), a.assignment_id
