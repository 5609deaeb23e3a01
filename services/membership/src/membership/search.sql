-- A page of the people who lie in the end user's scope, by name. Their names, backwards and without
-- diacritics, are at least $1 and before $2; after ($1, $3, $4) they stand. Where words are left out
-- between those that were written, names are like $5. $6 says that the scope is the whole country,
-- and all of it is meant; else people lie in what stands under one of $7. Born in $8, of sex $9,
-- standing as $10 says, if those are not null; at most $11.
--
-- Where $12 says that few have such a name, it is asked of each where she lies, upwards; else all
-- that lies under $7 is gathered first, which takes longer than a few ways up.
--
-- What is read of the index is left only for those whom organisation, sex and birth let pass.
with place as materialized (
    select organisation_id from lying_under($7::uuid[]) as under (organisation_id)
)
select found.person_id as "person_id!", person.name as "name!", person.sex as "sex!",
       person.birth_year as "birth_year?", found.organisation_id as "organisation_id!",
       found.standing as "standing!", stay.from_on as "from_on?", alias.alias_id as "alias_id?",
       alias.name as "alias?"
from (
    select sought.person_id, sought.organisation_id, sought.name_backwards, sought.birth_year,
           counts.standing
    from person_sought sought
    cross join lateral (
        select case
            when exists (select from membership
                         where membership.person_id = sought.person_id
                           and from_on <= access.today()
                           and (until_on is null or until_on > access.today())) then 1
            when exists (select from membership
                         where membership.person_id = sought.person_id
                           and (until_on is null or until_on > from_on)) then 2
            else 3 end as standing
        offset 0
    ) counts
    where (sought.name_backwards, sought.birth_year, sought.person_id)
          > ($1::text, $3::smallint, $4::uuid)
      and sought.name_backwards < $2::text
      and ($5::text is null or sought.name_backwards ~ $5::text)
      and ($8::smallint is null or sought.birth_year = $8::smallint)
      and ($9::smallint is null or sought.sex = $9::smallint)
      and case when $6::boolean then true
               when $12::boolean then access.reached(sought.organisation_id, $7)
               else (sought.organisation_id in (select organisation_id from place)) is true end
      and ($6::boolean or access.covers(sought.organisation_id))
      -- Where she lies now; of several places, the first of those that are meant.
      and sought.organisation_id = (
          select lies.organisation_id
          from person_scope(sought.person_id) as lies (organisation_id)
          where case when $6::boolean then true
                     when $12::boolean then access.reached(lies.organisation_id, $7)
                     else (lies.organisation_id in (select organisation_id from place)) is true end
          order by lies.organisation_id limit 1)
      -- Whoever was merged is found as the one who survives.
      and not exists (select from person_merge
                      where person_merge.person_id = sought.person_id
                      offset 0)
      and ($10::smallint is null or counts.standing = $10::smallint)
    order by sought.name_backwards, sought.birth_year, sought.person_id
    limit $11::bigint
) found
cross join lateral (
    select name, name_key, sex, birth_year from person
    where person.person_id = found.person_id
    offset 0
) person
left join lateral (
    select alias_id, name from person_alias
    where person_alias.person_id = found.person_id
      and found.name_backwards <> name_backwards(person.name_key)
      and found.name_backwards = name_backwards(person_alias.name_key)
    order by alias_id
    limit 1
) alias on true
left join lateral (
    select from_on from membership
    where membership.person_id = found.person_id
      and from_on <= access.today() and (until_on is null or until_on > access.today())
    limit 1
) stay on true
order by found.name_backwards, found.birth_year, found.person_id
