-- Unions that the employers $1 had before $4 and that are not among the pairs $2, $3 have left them
-- by then. What begins on that day or later is not what the survey speaks of, and stays. Recorded
-- at $5 by the act $6.
with replaced as (
    update employer_union known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $5)),
        replaced_by = $6
    where known.employer_id = any($1::uuid[])
      and upper_inf(known.recorded) and lower(known.valid) < $4::date and known.valid @> $4::date
      and not exists (select from unnest($2::uuid[], $3::uuid[]) as named (employer_id, union_id)
                      where named.employer_id = known.employer_id
                        and named.union_id = known.union_id)
    returning known.employer_id, known.union_id, known.valid
)
insert into employer_union (employer_id, union_id, valid, recorded, act_id)
select employer_id, union_id, valid * daterange(null, $4), tstzrange($5, null), $6
from replaced
