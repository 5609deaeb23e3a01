-- Organisations in the caller's scope, as they stood on $1, as known at $2 (null for now), in
-- the order of the code that they bore then, bore last, or will bear first. $3 says that the
-- scope is the whole country. Codes that begin with $4; after the code $5 of $6; $7 rows at
-- most. What else is asked: the type $8, the sector or group $9, the statuses $10, founded
-- from $11 until $12, ended from $13 until $14, the industry $15.
with mine as materialized (
    select organisation_id from scope() as mine (organisation_id) where not $3::boolean
)
select listed.organisation_id as "organisation_id!"
from (
    select code.organisation_id, code.code, lower(code.valid) as valid_from
    from organisation_code code
    where code.code collate "C" >= $4
      and ($4 = '' or code.code collate "C" < $4 || chr(1114111))
      and ($5::text is null
           or (code.code collate "C", code.organisation_id) > ($5 collate "C", $6::uuid))
      and code.recorded @> coalesce($2::timestamptz, 'infinity')
    order by code.code collate "C", code.organisation_id
    -- A fence: each is asked for itself, in this order, until the page is full.
    offset 0
) listed
where ($3::boolean or listed.organisation_id in (select organisation_id from mine))
  and exists (
      select from organisation_founding founding
      where founding.organisation_id = listed.organisation_id
        and founding.recorded @> coalesce($2::timestamptz, 'infinity')
        and listed.valid_from <= greatest($1::date, founding.founded_on)
        -- A code that it bore before the one that counts.
        and not exists (select from organisation_code later
                        where later.organisation_id = listed.organisation_id
                          and later.recorded @> coalesce($2::timestamptz, 'infinity')
                          and lower(later.valid) > listed.valid_from
                          and lower(later.valid) <= greatest($1::date, founding.founded_on)))
  and exists (select from fitting(listed.organisation_id, $1::date,
                                  coalesce($2::timestamptz, 'infinity'), $8::text, $9::text,
                                  $10::text[], $11::date, $12::date, $13::date, $14::date))
  and ($15::text is null
       or in_industry(listed.organisation_id, $1::date, coalesce($2::timestamptz, 'infinity'), $15))
  and ($3::boolean or access.covers(listed.organisation_id))
order by listed.code collate "C", listed.organisation_id
limit $7
