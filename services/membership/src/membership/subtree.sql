-- The members of the unions $1 on $2 that come after the person $4 of the union $3, at most $5, as
-- far as the unions lie in the caller's scope. Of each union no more are read than are wanted.
select member.person_id, member.membership_id, member.name, member.sex,
       member.birth_year as "birth_year?", member.from_on,
       asked.organisation_id as "organisation_id!"
from unnest($1::uuid[]) as asked (organisation_id)
cross join lateral (
    select person_id, membership_id, name, sex, birth_year, from_on
    from membership join person using (person_id)
    where membership.organisation_id = asked.organisation_id and from_on <= $2
      and (until_on is null or until_on > $2)
      and (asked.organisation_id <> $3 or person_id > $4)
    order by person_id limit $5
) member
where access.covers(asked.organisation_id)
order by asked.organisation_id, member.person_id limit $5
