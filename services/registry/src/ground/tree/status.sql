-- From $3 on, each of $1 has the status $2, until the next known change of it. Recorded at $4 by
-- the act $5.
with replaced as (
    update organisation_status known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = any($1::uuid[])
      and upper_inf(known.recorded) and known.valid @> $3::date
    returning known.organisation_id, known.status, known.valid
), kept as (
    insert into organisation_status (organisation_id, status, valid, recorded, act_id)
    select organisation_id, status, daterange(lower(valid), $3), tstzrange($4, null), $5
    from replaced
    returning organisation_id
)
insert into organisation_status (organisation_id, status, valid, recorded, act_id)
select organisation_id, $2, daterange($3, upper(replaced.valid)), tstzrange($4, null), $5
from kept
join replaced using (organisation_id)
