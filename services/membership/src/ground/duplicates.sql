-- Who is likely to be one of the people $1, at most $2 of a union: by the index of names and places,
-- which has everybody under each organisation in whose scope she ever lay.
insert into duplicate_candidate (person_id, other_id, reason, organisation_id, act_id, recorded_at)
select distinct on (least(asked.person_id, other.person_id),
                    greatest(asked.person_id, other.person_id))
       least(asked.person_id, other.person_id), greatest(asked.person_id, other.person_id),
       case when asked.birth_date = other.birth_date then 1 else 2 end,
       lies.organisation_id, $3, $4
from unnest($1::uuid[]) as line (person_id)
join person asked on asked.person_id = line.person_id
cross join lateral (
    select asked.recorded_under as organisation_id
    union
    select organisation_id from membership where membership.person_id = asked.person_id
    union
    select organisation_id from application where application.person_id = asked.person_id
) lies
cross join lateral (
    select sought.person_id
    from person_sought sought
    where sought.name_backwards = name_backwards(asked.name_key)
      and sought.birth_year = asked.birth_year
      and sought.organisation_id = lies.organisation_id
      and sought.person_id <> asked.person_id
    order by sought.person_id limit $2
) alike
join person other on other.person_id = alike.person_id
where other.name_key = asked.name_key
  and (other.birth_date = asked.birth_date) is not false
  -- Two citizen's numbers are those of two.
  and not exists (select from person_identity one
                  join person_identity another on another.kind = one.kind
                  where one.person_id = asked.person_id and another.person_id = other.person_id
                    and one.kind = 1 and one.ended_at is null and another.ended_at is null
                    and one.blind_index <> another.blind_index)
  and not exists (select from person_merge
                  where person_merge.person_id in (asked.person_id, other.person_id))
order by least(asked.person_id, other.person_id), greatest(asked.person_id, other.person_id),
         lies.organisation_id
on conflict on constraint duplicate_candidate_key do nothing
