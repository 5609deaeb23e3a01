-- As list.sql, of those in whose territory one of the communes $15 lies on $1: few, so that they are
-- found from there. The industry is $16.
select listed.organisation_id as "organisation_id!"
from (
    select held.organisation_id,
           (select code.code from organisation_code code
            where code.organisation_id = held.organisation_id and code.valid @> $1::date
              and code.recorded @> coalesce($2::timestamptz, 'infinity')) as code
    from (select distinct organisation_id from organisation_territory
          where commune = any($15::text[]) and valid @> $1::date
            and recorded @> coalesce($2::timestamptz, 'infinity')) held
) listed
where listed.code collate "C" >= $4
  and ($4 = '' or listed.code collate "C" < $4 || chr(1114111))
  and ($5::text is null
       or (listed.code collate "C", listed.organisation_id) > ($5 collate "C", $6::uuid))
  and exists (select from fitting(listed.organisation_id, $1::date,
                                  coalesce($2::timestamptz, 'infinity'), $8::text, $9::text,
                                  $10::text[], $11::date, $12::date, $13::date, $14::date))
  and ($16::text is null
       or in_industry(listed.organisation_id, $1::date, coalesce($2::timestamptz, 'infinity'), $16))
  and ($3::boolean or access.covers(listed.organisation_id))
order by listed.code collate "C", listed.organisation_id
limit $7
