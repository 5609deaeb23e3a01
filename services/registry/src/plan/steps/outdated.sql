-- Steps of which something else was found than by the dry run $1: other subordinates, other
-- steps, or units of which acts since then have recorded anything that makes them up.
with since as materialized (
    select stream.act_id
    from plan_seen seen
    join feed.stream on stream.position > seen.position and stream.act_id <> all (seen.act_ids)
    where seen.operation_id = $1
    union
    select pending.act_id
    from plan_seen seen
    join feed.pending on pending.act_id <> all (seen.act_ids)
    where seen.operation_id = $1
), act as materialized (
    select array_agg(act_id) as ids from since
), touched as (
    select recorded.organisation_id
    from (select organisation_id, act_id, replaced_by from organisation_parent
          union all
          select organisation_id, act_id, replaced_by from organisation_name
          union all
          select organisation_id, act_id, replaced_by from organisation_code
          union all
          select organisation_id, act_id, replaced_by from organisation_type
          union all
          select organisation_id, act_id, replaced_by from organisation_sector
          union all
          select organisation_id, act_id, replaced_by from organisation_industry
          union all
          select organisation_id, act_id, replaced_by from organisation_status
          union all
          select organisation_id, act_id, replaced_by from organisation_ending) recorded
    where recorded.act_id = any ((select ids from act)::uuid[])
       or recorded.replaced_by = any ((select ids from act)::uuid[])
)
select line, organisation_id
from ((select line, effect, organisation_id, from_superior_id, superior_id, implied
       from plan_found
       except
       select line, effect, organisation_id, from_superior_id, superior_id, implied
       from plan_effect where operation_id = $1)
      union
      (select line, effect, organisation_id, from_superior_id, superior_id, implied
       from plan_effect where operation_id = $1
       except
       select line, effect, organisation_id, from_superior_id, superior_id, implied
       from plan_found)
      union
      select line, effect, organisation_id, from_superior_id, superior_id, implied
      from plan_found
      where effect <> 'FOUND'
        and (organisation_id in (select organisation_id from touched)
             -- It was made before dry runs noted what they had seen.
             or not exists (select from plan_seen where operation_id = $1))) differing
group by line, organisation_id
order by line, organisation_id
