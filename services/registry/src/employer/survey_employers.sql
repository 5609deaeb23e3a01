-- What a survey on $7 by $8 found. $1 employers, $2 tax codes or null, $3 names, $4 sectors
-- or null, $5 workforces, $6 women among them, $9 when recorded, $10 the act, $11 kinds of
-- employers or null.
with found as (
    select *
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $11::text[])
         as found (employer_id, tax_code, name, sector, workforce, workforce_female,
                   enterprise_type)
), known as (
    insert into employer (employer_id, tax_code, act_id, recorded_at)
    select employer_id, tax_code, $10, $9 from found
    on conflict (employer_id) do nothing
)
insert into employer_survey
    (employer_id, surveyed_on, surveyor_id, name, sector, workforce, workforce_female,
     enterprise_type, act_id, recorded_at)
select employer_id, $7, $8, name, sector, workforce, workforce_female, enterprise_type, $10, $9
from found
