-- From $3 on, $1 is not known under the names $2. Recorded at $4 by the act $5.
with replaced as (
    update organisation_alias known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and known.alias = any($2::text[])
      and upper_inf(known.recorded) and known.valid @> $3::date
    returning known.alias, known.valid
)
insert into organisation_alias (organisation_id, alias, valid, recorded, act_id)
select $1, alias, valid * daterange(null, $3), tstzrange($4, null), $5
from replaced
where not isempty(valid * daterange(null, $3))
