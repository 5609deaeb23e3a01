-- Of the applicants of a founded union ($2, on $3): who is known, who is a member already,
-- and who has an application open on that day under the union or an organisation above it.
with recursive line (organisation_id) as (
    select $2::uuid
    union
    select superior.superior_id
    from line join access.superior on superior.organisation_id = line.organisation_id
    where superior.valid @> $3::date
)
select asked.person_id as "person_id!",
       person.person_id is not null as "known!",
       coalesce(person.sex, 0::smallint) as "sex!",
       coalesce(person.birth_year, 0::smallint) as "birth_year!",
       exists (select from membership
               where membership.person_id = asked.person_id
                 and (until_on is null or until_on > $3)) as "member!",
       exists (select from application join line using (organisation_id)
               where application.person_id = asked.person_id
                 and applied_on <= $3 and coalesce(closed_on, lapses_on) > $3) as "applied!"
from unnest($1::uuid[]) as asked (person_id)
left join person using (person_id)
order by asked.person_id
