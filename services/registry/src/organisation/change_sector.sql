-- From $3 on, $1 stands in the sector $2, until the next known change.
-- Recorded at $4 by the act $5.
with replaced as (
    update organisation_sector known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and known.valid @> $3::date
    returning known.sector, known.valid
), kept as (
    insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
    select $1, sector, daterange(lower(valid), $3), tstzrange($4, null), $5
    from replaced
    returning organisation_id
)
insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
select $1, $2, daterange($3, upper(replaced.valid)), tstzrange($4, null), $5
from kept cross join replaced
