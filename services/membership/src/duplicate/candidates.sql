-- Who are likely to be one person, of those who were found in a union that stands under $1 on $2 and
-- lies in the caller's scope; of each union no more are read than are wanted.
select found.person_id as "person_id!", found.other_id as "other_id!", found.reason as "reason!",
       found.organisation_id as "organisation_id!",
       person.name as "name!", other.name as "other_name!",
       person.birth_date as "birth_date?", other.birth_date as "other_birth_date?",
       person.birth_year as "birth_year?", other.birth_year as "other_birth_year?",
       exists (select from person_identity
               where person_identity.person_id = found.person_id and ended_at is null
               offset 0)
           as "numbered!",
       exists (select from person_identity
               where person_identity.person_id = found.other_id and ended_at is null
               offset 0)
           as "other_numbered!"
from lay_under($1, $2) as under (organisation_id)
cross join lateral (
    select candidate.person_id, candidate.other_id, candidate.reason, candidate.organisation_id
    from duplicate_candidate candidate
    where candidate.organisation_id = under.organisation_id and candidate.dismissed is null
      and ($3::uuid is null
           or (candidate.organisation_id, candidate.person_id, candidate.other_id) > ($3, $4, $5))
      and not exists (select from person_merge
                      where person_merge.person_id in (candidate.person_id, candidate.other_id)
                      offset 0)
    order by candidate.person_id, candidate.other_id limit $6
) found
join person on person.person_id = found.person_id
join person other on other.person_id = found.other_id
where ($3::uuid is null or under.organisation_id >= $3)
  and access.covers(under.organisation_id)
order by found.organisation_id, found.person_id, found.other_id limit $6
