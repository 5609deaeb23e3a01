-- The periods of every attribute that is known now of each of $1, in the order of their
-- dates. The name stands in `value`, the short name beside it.
select attribute as "attribute!", organisation_id as "organisation_id!", valid as "valid!",
       value as "value!", short_name as "short_name!"
from (
    select 'SUPERIOR' as attribute, organisation_id, valid, superior_id::text as value, '' as short_name
    from organisation_parent
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    union all
    select 'NAME', organisation_id, valid, name, short_name
    from organisation_name
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    union all
    select 'CODE', organisation_id, valid, code, ''
    from organisation_code
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    union all
    select 'TYPE', organisation_id, valid, type, ''
    from organisation_type
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    union all
    select 'SECTOR', organisation_id, valid, sector, ''
    from organisation_sector
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    union all
    select 'INDUSTRY', organisation_id, valid, industry, ''
    from organisation_industry
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    union all
    select 'STATUS', organisation_id, valid, status, ''
    from organisation_status
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
) known
order by organisation_id, attribute, valid
