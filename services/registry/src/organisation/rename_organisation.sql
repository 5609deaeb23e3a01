-- From $4 on, $1 bears the name $2 and the short name $3, until the next known change.
-- Recorded at $5 by the act $6.
with replaced as (
    update organisation_name known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $5)),
        replaced_by = $6
    where known.organisation_id = $1 and upper_inf(known.recorded) and known.valid @> $4::date
    returning known.name, known.short_name, known.valid
), kept as (
    insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
    select $1, name, short_name, daterange(lower(valid), $4), tstzrange($5, null), $6
    from replaced
    returning organisation_id
)
insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
select $1, $2, $3, daterange($4, upper(replaced.valid)), tstzrange($5, null), $6
from kept cross join replaced
