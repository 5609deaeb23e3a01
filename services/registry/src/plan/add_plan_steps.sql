-- New steps of the plan $1: $2 lines, $3 kinds, $4 units, $5 ids of those founded or null,
-- $6 names, $7 short names, $8 new codes, $9 types, $10 sectors, $11 superiors, $12 kinds of
-- end, $13 successors, $14 what becomes of members, $15 the unions they go to, $16 who takes
-- subordinates; $17 the act, $18 industries.
insert into plan_step
    (plan_id, line, kind, unit, founded_id, name, short_name, code, type, sector, superior,
     end_kind, successor, members_outcome, rehome_to, subordinates_to, industry, act_id)
select $1, step.*, $17
from unnest($2::int[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::text[], $16::text[], $18::text[]) as step
