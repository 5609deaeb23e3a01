-- The steps of the plan $1 once more, for the plan $2: those of the lines $3 found the organisations
-- $4; $5 the act.
insert into plan_step
    (plan_id, line, kind, unit, founded_id, name, short_name, code, type, sector, superior,
     end_kind, successor, members_outcome, rehome_to, subordinates_to, industry, act_id)
select $2, step.line, step.kind, step.unit, given.founded_id, step.name, step.short_name, step.code,
       step.type, step.sector, step.superior, step.end_kind, step.successor, step.members_outcome,
       step.rehome_to, step.subordinates_to, step.industry, $5
from plan_step step
left join unnest($3::int[], $4::uuid[]) as given (line, founded_id) using (line)
where step.plan_id = $1
