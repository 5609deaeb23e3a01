-- The offices $1 are held until the day before $2. Recorded at $3 by the act $4.
with replaced as (
    update office held
    set recorded = tstzrange(lower(held.recorded), greatest(lower(held.recorded), $3)),
        replaced_by = $4
    where held.office_id = any($1::uuid[]) and upper_inf(held.recorded)
    returning held.*
)
insert into office
    (office_id, body_id, organisation_id, body, position, person_id, term_until, sole, valid,
     recorded, act_id)
select office_id, body_id, organisation_id, body, position, person_id, term_until, sole,
       valid * daterange(null, $2), tstzrange($3, null), $4
from replaced
where not isempty(valid * daterange(null, $2))
