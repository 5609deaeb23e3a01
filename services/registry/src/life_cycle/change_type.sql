-- From $3 on, $1 is of the type $2. Recorded at $4 by the act $5.
with replaced as (
    update organisation_type known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.type, lower(known.valid) as valid_from
), kept as (
    insert into organisation_type (organisation_id, type, valid, recorded, act_id)
    select $1, type, daterange(valid_from, $3), tstzrange($4, null), $5
    from replaced
    returning organisation_id
)
insert into organisation_type (organisation_id, type, valid, recorded, act_id)
select $1, $2, daterange($3, null), tstzrange($4, null), $5
from kept
