-- In whom $1 went on, and what was split off it, step by step, as known at $2 (null for now), the nearest
-- first; after the one of $7 from $4 to $5 at the distance $3; $6 rows at most. A step out of the
-- caller's scope is not taken. One that was split off may come back by a merger: each step
-- counts at its shortest distance.
with recursive chain (predecessor_id, successor_id, distance) as (
    select edge.predecessor_id, edge.successor_id, 0
    from organisation_succession edge
    where edge.predecessor_id = $1
      and edge.recorded @> coalesce($2::timestamptz, 'infinity')
      and access.covers(edge.successor_id)
    union
    select edge.predecessor_id, edge.successor_id, chain.distance + 1
    from chain
    join organisation_succession edge on edge.predecessor_id = chain.successor_id
    where edge.recorded @> coalesce($2::timestamptz, 'infinity')
      and access.covers(edge.successor_id)
      and chain.distance < 32
), step as (
    select predecessor_id, successor_id, min(distance) as distance
    from chain
    group by predecessor_id, successor_id
)
select edge.predecessor_id as "predecessor_id!", edge.successor_id as "successor_id!",
       edge.kind as "kind!", edge.succeeded_on as "succeeded_on!", edge.principal as "principal!",
       edge.share as "share!", edge.share_whole as "share_whole!", step.distance as "distance!",
       case edge.kind
           when 'SPLIT_OFF'
           then coalesce((select change.decision_id from feed.stream change
                          where change.act_id = edge.act_id and change.decision_id is not null limit 1),
                         (select change.decision_id from feed.pending change
                          where change.act_id = edge.act_id and change.decision_id is not null limit 1))
           else (select ending.decision_id from organisation_ending ending
                 where ending.organisation_id = edge.predecessor_id
                   and ending.recorded @> coalesce($2::timestamptz, 'infinity'))
       end as "decision_id?"
from step
join organisation_succession edge
  on edge.predecessor_id = step.predecessor_id and edge.successor_id = step.successor_id
 and edge.recorded @> coalesce($2::timestamptz, 'infinity')
where $3::int is null
   or (step.distance, edge.predecessor_id, edge.successor_id, edge.succeeded_on)
      > ($3, $4::uuid, $5::uuid, $7::date)
order by step.distance, edge.predecessor_id, edge.successor_id, edge.succeeded_on
limit $6
