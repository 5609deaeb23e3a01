-- Which of the candidates the caller may see and asked for, in their order. $1 organisations,
-- $2 the name, other name or code that each is proposed for, folded: it must have been believed at $3
-- (null for now). $4 says that the caller's scope is the whole country. $5 is the organisation
-- below which they stand on $6, or null. $7 says that there is more to be asked: the type $8,
-- the sector or group $9, the statuses $10, founded from $11 until $12, ended from $13 until
-- $14. One of the communes $15, unless it is null, lies in its territory on $6. It works in the
-- industry $16, unless that is null.
select found.organisation_id as "organisation_id!"
from unnest($1::uuid[], $2::text[]) with ordinality as found (organisation_id, key, n)
where (exists (select from organisation_name known
               where known.organisation_id = found.organisation_id
                 and known.search_key = found.key
                 and known.recorded @> coalesce($3::timestamptz, 'infinity'))
       or exists (select from organisation_alias known
                  where known.organisation_id = found.organisation_id
                    and known.search_key = found.key
                    and known.recorded @> coalesce($3::timestamptz, 'infinity'))
       or exists (select from organisation_code known
                  where known.organisation_id = found.organisation_id
                    and fold(known.code) = found.key
                    and known.recorded @> coalesce($3::timestamptz, 'infinity')))
  and (not $7::boolean
       or exists (select from fitting(found.organisation_id, $6::date,
                                      coalesce($3::timestamptz, 'infinity'), $8::text, $9::text,
                                      $10::text[], $11::date, $12::date, $13::date, $14::date)))
  and ($15::text[] is null
       or exists (select from organisation_territory held
                  where held.organisation_id = found.organisation_id
                    and held.commune = any($15) and held.valid @> $6::date
                    and held.recorded @> coalesce($3::timestamptz, 'infinity')))
  and ($16::text is null
       or in_industry(found.organisation_id, $6::date, coalesce($3::timestamptz, 'infinity'), $16))
  and ($4::boolean or access.covers(found.organisation_id))
  and ($5::uuid is null
       or exists (
           with recursive above (organisation_id) as (
               select found.organisation_id
               union
               select edge.superior_id
               from above
               join organisation_parent edge on edge.organisation_id = above.organisation_id
               where edge.valid @> $6::date
                 and edge.recorded @> coalesce($3::timestamptz, 'infinity')
           )
           select from above where above.organisation_id = $5))
order by found.n
