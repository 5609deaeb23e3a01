-- The unions that have members on $2: the organisation $1 and, with $3, all that stood under it on
-- that day, as far as they lie in the caller's scope.
select under.organisation_id as "organisation_id!", roll.members as "members!"
from (select $1::uuid as organisation_id where not $3
      union all
      select lay.organisation_id from lay_under($1, $2) as lay (organisation_id) where $3) under
cross join lateral (
    select count(*) as members from membership
    where membership.organisation_id = under.organisation_id and from_on <= $2
      and (until_on is null or until_on > $2)
    offset 0
) roll
where roll.members > 0 and access.covers(under.organisation_id)
order by under.organisation_id
