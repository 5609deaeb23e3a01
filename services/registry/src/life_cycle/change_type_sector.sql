-- From $3 on, $1 stands in the sector $2, or in none where that is null; it had another, or
-- none. Recorded at $4 by the act $5.
with replaced as (
    update organisation_sector known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.sector, lower(known.valid) as valid_from
), kept as (
    insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
    select $1, sector, daterange(valid_from, $3), tstzrange($4, null), $5
    from replaced
    returning organisation_id
)
insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
select $1, $2, daterange($3, null), tstzrange($4, null), $5
-- After what was there before is closed, if anything was.
from (select count(*) from kept) as closed
where $2::text is not null
