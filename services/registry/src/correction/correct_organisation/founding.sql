-- $1 was founded on $2. Recorded at $3 by the act $4, for the decision $5 or, where that is
-- null, the one that founded it.
with replaced as (
    update organisation_founding known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
        replaced_by = $4
    where known.organisation_id = $1 and upper_inf(known.recorded)
    returning known.*
)
insert into organisation_founding
    (organisation_id, founded_on, congress_on, origin, decision_id, recorded, act_id)
select organisation_id, $2, congress_on, origin, coalesce($5, decision_id), tstzrange($3, null), $4
from replaced
