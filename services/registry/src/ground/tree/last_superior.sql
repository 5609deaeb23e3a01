-- Whoever of $1 has a known end and stands under another superior on its last day than the end
-- names: the end names that one. Recorded at $2 by the act $3.
with replaced as (
    update organisation_ending known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $2)),
        replaced_by = $3
    from organisation_parent edge
    where known.organisation_id = any($1::uuid[]) and upper_inf(known.recorded)
      and edge.organisation_id = known.organisation_id and upper_inf(edge.recorded)
      and upper(edge.valid) = known.ended_on and edge.superior_id <> known.last_superior_id
    returning known.*, edge.superior_id
)
insert into organisation_ending
    (organisation_id, ended_on, kind, principal_successor_id, last_superior_id, members_outcome,
     rehome_to_id, decision_id, recorded, act_id)
select organisation_id, ended_on, kind, principal_successor_id, superior_id, members_outcome,
       rehome_to_id, decision_id, tstzrange($2, null), $3
from replaced
