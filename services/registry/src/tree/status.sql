-- From $3 on, each of $1 has the status $2. Recorded at $4 by the act $5.
with replaced as (
    update organisation_status known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = any($1::uuid[])
      and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.organisation_id, known.status, lower(known.valid) as valid_from
), kept as (
    insert into organisation_status (organisation_id, status, valid, recorded, act_id)
    select organisation_id, status, daterange(valid_from, $3), tstzrange($4, null), $5
    from replaced
    returning organisation_id
)
insert into organisation_status (organisation_id, status, valid, recorded, act_id)
select organisation_id, $2, daterange($3, null), tstzrange($4, null), $5
from kept
