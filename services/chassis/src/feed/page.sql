-- The changes after $1, by key: at most $2 of them and, the first apart, about $3 bytes;
-- with the head of the same snapshot. One row without a change when there is none. With $4,
-- without their bodies.
select head.epoch         as "epoch!",
       head.position      as "head_position!",
       after.position     as "position?",
       after.change_id    as "change_id?",
       after.act_id       as "act_id?",
       after.act_complete as "act_complete?",
       after.kind         as "kind?",
       after.aggregate_id as "aggregate_id?",
       after.acted_at     as "acted_at?",
       after.effective_on as "effective_on?",
       after.actor        as "actor?",
       after.decision_id  as "decision_id?",
       after.traceparent  as "traceparent?",
       after.registry_position as "registry_position?",
       after.body         as "body?"
-- The limit says to the planner that there is one: it compiles what it believes to be large.
from (select epoch, position from feed.head limit 1) as head
left join lateral (
    select *
    from (select stream.*,
                 case when $4 then null else stream.content end as body,
                 sum(case when $4 then 0 else length(stream.content) end + 400)
                     over (order by stream.position) as bytes,
                 row_number() over (order by stream.position) as line
          from (select position, change_id, act_id, act_complete, kind, aggregate_id, acted_at,
                       effective_on, actor, decision_id, traceparent, registry_position,
                       body as content
                from feed.stream where position > $1 order by position limit $2) as stream
         ) as sized
    where bytes <= $3::bigint or line = 1
) as after on true
order by after.position
