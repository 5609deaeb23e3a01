-- Sums over what the dry run $1 found. Its steps are those that it tried, also when the plan has
-- others by now; where it was made before they were noted, those of today are told.
select coalesce((select steps from plan_seen where operation_id = $1),
                (select count(*) from plan_step join operation using (plan_id)
                 where operation_id = $1)) as "steps!",
       count(*) filter (where effect = 'FOUND') as "founded!",
       count(*) filter (where effect = 'END') as "ended!",
       count(*) filter (where effect = 'MOVE') as "moved!",
       count(*) filter (where effect = 'RENAME') as "renamed!",
       count(*) filter (where effect = 'CHANGE_TYPE') as "type_changed!",
       coalesce(sum(offices_ended), 0) as "offices_ended!",
       coalesce(sum(assignments_ended), 0) as "assignments_ended!",
       coalesce(sum(grants_ended), 0) as "grants_ended!",
       coalesce(sum(grants_moved), 0) as "grants_moved!",
       (select count(*) from plan_conflict where operation_id = $1 and blocks) as "conflicts!",
       (select count(*) from plan_conflict where operation_id = $1 and not blocks) as "notices!"
from plan_effect
where operation_id = $1
