-- Whether the steps of a plan were mended since its last dry run that succeeded: what that found
-- is not what the plan would do today. Steps that were taken out are kept with the dry run that
-- had seen them; a dry run that noted how many it tried tells of those that were added.
create or replace function plan_mended_since(p_plan uuid) returns boolean
    language sql stable
begin atomic
    select coalesce(
        (select exists (select from plan_step_former former
                        where former.plan_id = p_plan and former.dry_run_id = tried.operation_id)
             or exists (select from plan_seen seen
                        where seen.operation_id = tried.operation_id
                          and seen.steps <> (select count(*) from plan_step
                                             where plan_step.plan_id = p_plan))
         from operation tried
         where tried.plan_id = p_plan and tried.kind = 'DRY_RUN' and tried.state = 'SUCCEEDED'
         order by tried.operation_id desc
         limit 1),
        false);
end;
