-- New organisations with all their attributes, one statement for any number of them.
-- $1 ids, $2 codes, $3 names, $4 short names, $5 types, $6 sectors or null, $7 superiors
-- or null, $8 founding dates, $9 founding congresses or null, $10 whether each has
-- subordinates among the others; $11 origin, $12 decision, $13 act, $14 when recorded; $15
-- industries or null.
with line as (
    select *
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                $7::uuid[], $8::date[], $9::date[], $10::boolean[], $15::text[])
         as line (organisation_id, code, name, short_name, type, sector, superior_id,
                  founded_on, congress_on, has_subordinates, industry)
), identified as (
    insert into organisation (organisation_id, act_id, recorded_at)
    select organisation_id, $13, $14 from line
), founded as (
    insert into organisation_founding
        (organisation_id, founded_on, congress_on, origin, decision_id, recorded, act_id)
    select organisation_id, founded_on, congress_on, $11, $12, tstzrange($14, null), $13
    from line
), parent as (
    insert into organisation_parent
        (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
    select organisation_id, superior_id, daterange(founded_on, null), tstzrange($14, null),
           has_subordinates, $13
    from line where superior_id is not null
), name as (
    insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
    select organisation_id, name, short_name, daterange(founded_on, null), tstzrange($14, null), $13
    from line
), code as (
    insert into organisation_code (organisation_id, code, valid, recorded, act_id)
    select organisation_id, code, daterange(founded_on, null), tstzrange($14, null), $13
    from line
), type as (
    insert into organisation_type (organisation_id, type, valid, recorded, act_id)
    select organisation_id, type, daterange(founded_on, null), tstzrange($14, null), $13
    from line
), sector as (
    insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
    select organisation_id, sector, daterange(founded_on, null), tstzrange($14, null), $13
    from line where sector is not null
), industry as (
    insert into organisation_industry (organisation_id, industry, valid, recorded, act_id)
    select organisation_id, industry, daterange(founded_on, null), tstzrange($14, null), $13
    from line where industry is not null
)
insert into organisation_status (organisation_id, status, valid, recorded, act_id)
select organisation_id, 'ACTIVE', daterange(founded_on, null), tstzrange($14, null), $13
from line
