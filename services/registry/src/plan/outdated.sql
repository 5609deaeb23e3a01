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
    select organisation_id from organisation_parent, act
    where act_id = any (ids) or replaced_by = any (ids)
    union
    select organisation_id from organisation_name, act
    where act_id = any (ids) or replaced_by = any (ids)
    union
    select organisation_id from organisation_code, act
    where act_id = any (ids) or replaced_by = any (ids)
    union
    select organisation_id from organisation_type, act
    where act_id = any (ids) or replaced_by = any (ids)
    union
    select organisation_id from organisation_sector, act
    where act_id = any (ids) or replaced_by = any (ids)
    union
    select organisation_id from organisation_status, act
    where act_id = any (ids) or replaced_by = any (ids)
    union
    select organisation_id from organisation_ending, act
    where act_id = any (ids) or replaced_by = any (ids)
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
      where effect <> 'FOUND' and organisation_id in (select organisation_id from touched)) differing
group by line, organisation_id
order by line, organisation_id
