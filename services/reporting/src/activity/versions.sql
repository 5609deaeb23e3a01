-- All that was ever known of an activity, of units of the caller's scope, the oldest first.
select v.activity_id as "activity_id!", v.organisation_id as "organisation_id!", v.kind as "kind!",
       v.held_on as "held_on!", v.members_reached as "members_reached!",
       v.workers_reached as "workers_reached!", v.times as "times!",
       v.fields as "fields!: Json<Fields>", v.revision as "revision!", v.recorded_at as "recorded_at!",
       coalesce(name_on(v.organisation_id, v.held_on), '') as "organisation_name!",
       v.replaced_at as "replaced_at?", v.actor as "actor?", v.reason as "reason?",
       v.decision_id as "decision_id?", v.undone as "undone?"
from (
    select p.activity_id, p.organisation_id, p.kind, p.held_on, p.members_reached, p.workers_reached,
           p.times, p.fields, p.revision, p.recorded_at, p.replaced_at, p.actor, p.reason, p.decision_id,
           p.undone
    from activity_past p
    where p.activity_id = $1
    union all
    select a.activity_id, a.organisation_id, a.kind, a.held_on, a.members_reached, a.workers_reached,
           a.times, a.fields, a.revision, a.recorded_at, null, null, null, null, null
    from activity a
    where a.activity_id = $1
) v
where access.covers(v.organisation_id)
order by v.revision
