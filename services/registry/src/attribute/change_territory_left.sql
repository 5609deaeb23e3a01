-- From $3 on, the communes $2 do not belong to the territory of $1. Recorded at $4 by the act $5.
with replaced as (
    update organisation_territory held
    set recorded = tstzrange(lower(held.recorded), greatest(lower(held.recorded), $4)),
        replaced_by = $5
    where held.organisation_id = $1 and held.commune = any($2::text[])
      and upper_inf(held.recorded) and held.valid @> $3::date
    returning held.commune, held.exclusive_type, held.valid
)
insert into organisation_territory
    (organisation_id, commune, valid, exclusive_type, recorded, act_id)
select $1, commune, valid * daterange(null, $3), exclusive_type, tstzrange($4, null), $5
from replaced
where not isempty(valid * daterange(null, $3))
