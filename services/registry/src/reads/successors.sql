-- In whom $1 went on, step by step, as known at $2 (null for now), the nearest first; after the one at the
-- distance $3 from $4; $5 rows at most. A step out of the caller's scope is not taken.
with recursive chain (predecessor_id, successor_id, kind, ended_on, decision_id, distance) as (
    select ending.organisation_id, ending.principal_successor_id, ending.kind, ending.ended_on,
           ending.decision_id, 0
    from organisation_ending ending
    where ending.organisation_id = $1
      and ending.principal_successor_id is not null
      and ending.recorded @> coalesce($2::timestamptz, 'infinity')
      and access.covers(ending.principal_successor_id)
    union all
    select ending.organisation_id, ending.principal_successor_id, ending.kind, ending.ended_on,
           ending.decision_id, chain.distance + 1
    from chain
    join organisation_ending ending on ending.organisation_id = chain.successor_id
    where ending.principal_successor_id is not null
      and ending.recorded @> coalesce($2::timestamptz, 'infinity')
      and access.covers(ending.principal_successor_id)
      and chain.distance < 32
)
select predecessor_id as "predecessor_id!", successor_id as "successor_id!",
       kind as "end_kind!", ended_on as "ended_on!", decision_id as "decision_id?",
       distance as "distance!"
from chain
where $3::int is null or (distance, predecessor_id) > ($3, $4::uuid)
order by distance, predecessor_id
limit $5
