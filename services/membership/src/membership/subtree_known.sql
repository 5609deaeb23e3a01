-- As subtree.sql, as was known at $6.
select member.person_id as "person_id!", member.membership_id as "membership_id!",
       member.name as "name!", member.sex as "sex!", member.birth_year as "birth_year?",
       member.from_on as "from_on!", asked.organisation_id as "organisation_id!"
from unnest($1::uuid[]) as asked (organisation_id)
cross join lateral (
    select stay.person_id, membership_id, name, sex, birth_year, from_on
    from membership_known stay
    join person_known person
      on person.person_id = stay.person_id and person.recorded @> $6::timestamptz
    where stay.organisation_id = asked.organisation_id and from_on <= $2
      and (until_on is null or until_on > $2)
      and (asked.organisation_id <> $3 or stay.person_id > $4)
      and stay.recorded @> $6::timestamptz
    order by stay.person_id limit $5
) member
where access.covers(asked.organisation_id)
order by asked.organisation_id, member.person_id limit $5
