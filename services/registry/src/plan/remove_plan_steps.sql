-- Takes the steps of the lines $2 out of the plan $1, by the act $3 at $4, after the dry run $5 or
-- before any; answers the lines.
with taken as (
    delete from plan_step
    where plan_id = $1 and line = any($2::int[])
    returning plan_id, line, kind, unit, founded_id, name, short_name, code, type, sector, superior,
              end_kind, successor, members_outcome, rehome_to, subordinates_to, industry, act_id
)
insert into plan_step_former
    (plan_id, line, kind, unit, founded_id, name, short_name, code, type, sector, superior,
     end_kind, successor, members_outcome, rehome_to, subordinates_to, industry, act_id, taken_out_by,
     taken_out_at, dry_run_id)
select taken.*, $3, $4, $5
from taken
returning line
