-- $2 directs $1 until the day before $3. Recorded at $4 by the act $5.
with replaced as (
    update organisation_director known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and known.director_id = $2
      and upper_inf(known.recorded) and known.valid @> $3::date
    returning known.valid
)
insert into organisation_director (organisation_id, director_id, valid, recorded, act_id)
select $1, $2, valid * daterange(null, $3), tstzrange($4, null), $5
from replaced
