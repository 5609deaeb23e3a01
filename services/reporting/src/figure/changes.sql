-- What stands behind changes: of other services as they came, of our own acts from our feed,
-- also while they are not yet numbered.
select c.key as "key!",
       coalesce(seen.change_id, own.change_id, pending.change_id) as "change_id!",
       coalesce(seen.act_id, own.act_id, pending.act_id) as "act_id!",
       coalesce(seen.kind, own.kind, pending.kind) as "kind!",
       coalesce(seen.effective_on, own.effective_on, pending.effective_on) as "effective_on!",
       coalesce(seen.decision_id, own.decision_id, pending.decision_id) as "decision_id?",
       d.number as "decision_number?",
       coalesce(seen.traceparent, own.traceparent, pending.traceparent) as "traceparent!",
       coalesce(seen.source, 'reporting') as "source!",
       coalesce(seen.position, own.position, 0) as "position!"
from unnest($1::uuid[]) as c (key)
left join change_seen seen on seen.change_id = c.key
left join feed.stream own on seen.change_id is null and own.act_id = c.key
left join feed.pending pending on seen.change_id is null and own.change_id is null and pending.act_id = c.key
left join decision d on d.decision_id = coalesce(seen.decision_id, own.decision_id, pending.decision_id)
where coalesce(seen.change_id, own.change_id, pending.change_id) is not null
