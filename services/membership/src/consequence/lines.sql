-- Everyone who is still a member of one of these ended unions, and when she leaves it: on
-- the day of the end or, if she joined later than that, at once.
select ended.line as "unit!",
       greatest(ended.effective_on, membership.from_on) as "leaves_on!",
       membership.person_id as "person_id!",
       membership.membership_id as "membership_id!",
       person.sex as "sex!",
       coalesce(person.birth_year, 0::smallint) as "birth_year!"
from unnest($1::uuid[], $2::date[]) with ordinality as ended (organisation_id, effective_on, line)
join membership on membership.organisation_id = ended.organisation_id
               and membership.until_on is null
join person on person.person_id = membership.person_id
order by ended.line, 2, membership.person_id
