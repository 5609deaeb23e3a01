-- On $2 the territories of the units $1 are free, and joint direction of them and by them is
-- over. Recorded at $3 by the act $4.
with left_communes as (
    update organisation_territory held
    set recorded = tstzrange(lower(held.recorded), greatest(lower(held.recorded), $3)),
        replaced_by = $4
    where held.organisation_id = any($1::uuid[]) and upper_inf(held.recorded)
      and (upper_inf(held.valid) or upper(held.valid) > $2)
    returning held.organisation_id, held.commune, held.exclusive_type,
              held.valid * daterange(null, $2) as valid
), kept_communes as (
    insert into organisation_territory
        (organisation_id, commune, valid, exclusive_type, recorded, act_id)
    select organisation_id, commune, valid, exclusive_type, tstzrange($3, null), $4
    from left_communes
    where not isempty(valid)
), left_directors as (
    update organisation_director known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
        replaced_by = $4
    where (known.organisation_id = any($1::uuid[]) or known.director_id = any($1::uuid[]))
      and upper_inf(known.recorded)
      and (upper_inf(known.valid) or upper(known.valid) > $2)
    returning known.organisation_id, known.director_id,
              known.valid * daterange(null, $2) as valid
)
insert into organisation_director (organisation_id, director_id, valid, recorded, act_id)
select organisation_id, director_id, valid, tstzrange($3, null), $4
from left_directors
where not isempty(valid)
