-- The assignment $1 holds until the day before $2. Recorded at $3 by the act $4.
with replaced as (
    update unit_assignment known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
        replaced_by = $4
    where known.assignment_id = $1 and upper_inf(known.recorded)
    returning known.*
)
insert into unit_assignment
    (assignment_id, body_id, office_id, person_id, unit_id, valid, recorded, act_id)
select assignment_id, body_id, office_id, person_id, unit_id,
       valid * daterange(null, $2), tstzrange($3, null), $4
from replaced
