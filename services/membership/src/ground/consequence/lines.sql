-- Everyone who is still a member of one of these ended unions on the day of its end, and whose
-- last stay that is: she leaves it on that day. (Whoever came later, or left later, is settled
-- by herself.)
select ended.line as "unit!",
       ended.effective_on as "leaves_on!",
       membership.person_id as "person_id!",
       membership.membership_id as "membership_id!",
       person.sex as "sex!",
       coalesce(person.birth_year, 0::smallint) as "birth_year!"
from unnest($1::uuid[], $2::date[]) with ordinality as ended (organisation_id, effective_on, line)
join membership on membership.organisation_id = ended.organisation_id
               and membership.until_on is null
               and membership.from_on < ended.effective_on
join person on person.person_id = membership.person_id
order by ended.line, membership.person_id
