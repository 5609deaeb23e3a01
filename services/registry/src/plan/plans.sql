-- Plans of $1 and of everything below it today, newest first, behind $2; at most $3.
select plan.plan_id, plan.organisation_id, plan.name, plan.effective_on, plan.decision_id,
       (select act_id from operation
        where operation.plan_id = plan.plan_id and kind = 'COMMIT' and state = 'SUCCEEDED')
           as committed_by,
       exists (select from operation join act_undone using (act_id)
               where operation.plan_id = plan.plan_id and kind = 'COMMIT') as "undone!",
       plan_mended_since(plan.plan_id) as "mended_since!",
       (select count(*) from plan_step where plan_step.plan_id = plan.plan_id) as "steps!",
       (select coalesce(max(line), 0) from plan_step where plan_step.plan_id = plan.plan_id)
           as "last_line!",
       (select operation_id from operation
        where operation.plan_id = plan.plan_id and kind = 'DRY_RUN' and state = 'SUCCEEDED'
        order by operation_id desc limit 1) as dry_run_id
from plan
where organisation_id in (select subtree($1, access.today(), 'infinity'))
  and ($2::uuid is null or plan_id < $2)
  and access.covers(organisation_id)
order by plan_id desc
limit $3
