-- As unions.sql, as was known at $4.
select under.organisation_id as "organisation_id!", roll.members as "members!"
from (select $1::uuid as organisation_id where not $3
      union all
      select lay.organisation_id from lay_under($1, $2) as lay (organisation_id) where $3) under
cross join lateral (
    select count(*) as members
    from membership_known stay
    join person_known person
      on person.person_id = stay.person_id and person.recorded @> $4::timestamptz
    where stay.organisation_id = under.organisation_id and from_on <= $2
      and (until_on is null or until_on > $2)
      and stay.recorded @> $4::timestamptz
    offset 0
) roll
where roll.members > 0 and access.covers(under.organisation_id)
order by under.organisation_id
