-- Units end on $7: their places in the tree and their codes are free from then on, and who
-- inherits is written down. $1 units, $2 kinds, $3 principal successors or null, $4 last
-- superiors, $5 what becomes of the members, $6 the union they go to or null, $8 decision,
-- $9 when recorded, $10 the act.
with unit as (
    select *
    from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[])
         as unit (organisation_id, kind, principal_successor_id, last_superior_id,
                  members_outcome, rehome_to_id)
), left_superior as (
    update organisation_parent edge
    set recorded = tstzrange(lower(edge.recorded), greatest(lower(edge.recorded), $9)),
        replaced_by = $10
    from unit
    where edge.organisation_id = unit.organisation_id
      and upper_inf(edge.recorded) and upper_inf(edge.valid)
    returning edge.organisation_id, edge.superior_id, edge.has_subordinates,
              lower(edge.valid) as valid_from
), kept_superior as (
    insert into organisation_parent
        (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
    select organisation_id, superior_id, daterange(valid_from, $7), tstzrange($9, null),
           has_subordinates, $10
    from left_superior
), left_code as (
    update organisation_code known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $9)),
        replaced_by = $10
    from unit
    where known.organisation_id = unit.organisation_id and upper_inf(known.recorded)
      and (upper_inf(known.valid) or upper(known.valid) > $7)
    returning known.organisation_id, known.code, known.valid * daterange(null, $7) as valid
), kept_code as (
    insert into organisation_code (organisation_id, code, valid, recorded, act_id)
    select organisation_id, code, valid, tstzrange($9, null), $10
    from left_code
    where not isempty(valid)
)
insert into organisation_ending
    (organisation_id, ended_on, kind, principal_successor_id, last_superior_id,
     members_outcome, rehome_to_id, decision_id, recorded, act_id)
select organisation_id, $7, kind, principal_successor_id, last_superior_id,
       members_outcome, rehome_to_id, $8, tstzrange($9, null), $10
from unit
