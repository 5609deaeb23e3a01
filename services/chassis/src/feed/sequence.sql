-- Moves the oldest whole acts from feed.pending to feed.stream, numbered after $1, which is
-- the position that the round has locked. An act comes after those whose first change was
-- inserted before its own; the changes of one act stay together. The acts are those of the
-- $2 oldest changes: one that reaches beyond them is moved whole.
with oldest as (
    select act_id, pending_id from feed.pending order by pending_id limit $2
), next as materialized (
    select act_id, min(pending_id) as first_id from oldest group by act_id
), moved as (
    delete from feed.pending using next where pending.act_id = next.act_id
    returning next.first_id, pending.*
), numbered as (
    insert into feed.stream
        (position, change_id, act_id, act_complete, kind, aggregate_id, acted_at, effective_on,
         actor, decision_id, traceparent, registry_position, body)
    select $1 + row_number() over (order by first_id, pending_id),
           change_id, act_id, act_complete, kind, aggregate_id, acted_at, effective_on,
           actor, decision_id, traceparent, registry_position, body
    from moved
    returning position, acted_at
), newest as (
    update feed.head set position = last.position
    from (select max(position) as position from numbered) as last
    where head.only_row and last.position is not null
)
select count(*) as "changes!",
       min(acted_at) as oldest_acted_at
from numbered
