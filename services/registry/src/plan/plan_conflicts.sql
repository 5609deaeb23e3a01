-- What the dry run $1 found against the plan $4, which holds from $5 on, behind $2; at most $3. Whom
-- it is about is said by the code of the day before, which the plan's file has, or by the one that
-- the plan gives.
select conflict.conflict, conflict.line, conflict.field, conflict.reason, conflict.blocks,
       conflict.subject,
       coalesce(given.unit,
                (select code.code from organisation_code code
                 where code.organisation_id = known.organisation_id and upper_inf(code.recorded)
                   and access.covers(code.organisation_id)
                 order by code.valid @> ($5::date - 1) desc, lower(code.valid) desc
                 limit 1),
                conflict.subject) as "subject_code!"
from plan_conflict conflict
cross join lateral (
    select case when length(conflict.subject) = 36
                     and conflict.subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then conflict.subject::uuid end as organisation_id
) known
left join plan_step given on given.plan_id = $4 and given.founded_id = known.organisation_id
where conflict.operation_id = $1 and conflict.conflict > $2
order by conflict.conflict
limit $3
