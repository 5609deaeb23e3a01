-- From $4 on, $1 bears the name $2 and the short name $3. Recorded at $5 by the act $6.
with replaced as (
    update organisation_name known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $5)),
        replaced_by = $6
    where known.organisation_id = $1 and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.name, known.short_name, lower(known.valid) as valid_from
), kept as (
    insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
    select $1, name, short_name, daterange(valid_from, $4), tstzrange($5, null), $6
    from replaced
    returning organisation_id
)
insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
select $1, $2, $3, daterange($4, null), tstzrange($5, null), $6
from kept
