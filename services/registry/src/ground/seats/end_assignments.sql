-- Assignments of the offices $1, and to the units $2, end on $3. Recorded at $4 by the act $5.
with replaced as (
    update unit_assignment known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where (known.office_id = any($1::uuid[]) or known.unit_id = any($2::uuid[]))
      and upper_inf(known.recorded)
      and (upper_inf(known.valid) or upper(known.valid) > $3)
    returning known.*
), kept as (
    insert into unit_assignment
        (assignment_id, body_id, office_id, person_id, unit_id, valid, recorded, act_id)
    select assignment_id, body_id, office_id, person_id, unit_id,
           valid * daterange(null, $3), tstzrange($4, null), $5
    from replaced
    where not isempty(valid * daterange(null, $3))
)
select assignment_id as "assignment_id!" from replaced order by assignment_id
