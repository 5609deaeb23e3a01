-- The secondment $1 holds until the day before $2. Recorded at $3 by the act $4.
with replaced as (
    update secondment known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
        replaced_by = $4
    where known.secondment_id = $1 and upper_inf(known.recorded)
    returning known.*
)
insert into secondment
    (secondment_id, organisation_id, host_id, person_id, task, decision_id, valid, recorded,
     act_id)
select secondment_id, organisation_id, host_id, person_id, task, decision_id,
       valid * daterange(null, $2), tstzrange($3, null), $4
from replaced
