-- Steps of the plan $1 behind the line $3, at most $4, with what the dry run $2 found that
-- they do; nothing of those that were mended since.
select step.line as "line!", step.kind as "kind!", step.unit as "unit!", step.name as "name!",
       step.short_name as "short_name!", step.code as "code!", step.type as "type_code!",
       step.sector as "sector!", step.industry as "industry!", step.superior as "superior!", step.end_kind as "end_kind!",
       step.successor as "successor!", step.members_outcome as "members_outcome!",
       step.rehome_to as "rehome_to!", step.subordinates_to as "subordinates_to!",
       effect.organisation_id as "organisation_id?",
       effect.from_superior_id as "from_superior_id?", effect.superior_id as "superior_id?",
       effect.successor_id as "successor_id?", effect.rehome_to_id as "rehome_to_id?",
       (select count(*) from plan_effect along
        where along.operation_id = seen.operation_id and along.line = step.line and along.implied)
           as "subordinates_moved!",
       coalesce(effect.offices_ended, 0) as "offices_ended!",
       coalesce(effect.assignments_ended, 0) as "assignments_ended!",
       coalesce(effect.grants_ended, 0) as "grants_ended!",
       coalesce(effect.grants_moved, 0)
           + coalesce((select sum(grants_moved) from plan_effect along
                       where along.operation_id = seen.operation_id and along.line = step.line and along.implied), 0)::int
           as "grants_moved!"
from plan_step step
cross join lateral (
    select case when not exists (select from plan_step_former former
                                 where former.plan_id = step.plan_id and former.line = step.line
                                   and former.dry_run_id = $2)
                then $2::uuid end as operation_id
) seen
left join plan_effect effect
  on effect.operation_id = seen.operation_id and effect.line = step.line and not effect.implied
where step.plan_id = $1 and step.line > $3
order by step.line
limit $4
