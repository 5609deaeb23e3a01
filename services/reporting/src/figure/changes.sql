-- What stands behind changes: of other services as they came, of our own acts from our feed,
-- also while they are not yet numbered. What followed from an act of registry leads to that act,
-- and rests on its decision.
with key as (
    select distinct unnest($1::uuid[]) as key
),
seen as materialized (
    select key.key, s.change_id, s.act_id, s.kind, s.effective_on, s.decision_id, s.traceparent, s.source,
           s.position, s.because_act_id,
           -- An act may found, end and undo: what admits people is a founding, what moves them an end.
           case s.kind
               when 'membership.members_admitted'
               then array['registry.organisation_founded', 'registry.timelines_corrected',
                          'registry.acts_undone', 'registry.organisations_ended']
               when 'membership.movement_taken_back'
               then array['registry.acts_undone', 'registry.timelines_corrected',
                          'registry.organisations_ended', 'registry.organisation_founded']
               else array['registry.organisations_ended', 'registry.timelines_corrected',
                          'registry.acts_undone', 'registry.organisation_founded'] end as choices
    from key
    join change_seen s on s.change_id = key.key
),
own as materialized (
    select distinct on (rest.key)
           rest.key, s.change_id, s.act_id, s.kind, s.effective_on, s.decision_id, s.traceparent, s.position
    from (select key from key except select key from seen) rest
    join feed.stream s on s.act_id = rest.key
    order by rest.key, s.position
),
waiting as (
    select distinct on (rest.key)
           rest.key, p.change_id, p.act_id, p.kind, p.effective_on, p.decision_id, p.traceparent
    from (select key from key except select key from seen except select key from own) rest
    join feed.pending p on p.act_id = rest.key
    order by rest.key, p.change_id
),
-- Each act of registry once, however many changes followed from it.
origin as materialized (
    select asked.because_act_id, asked.choices, act.change_id, act.kind, act.effective_on, act.traceparent,
           act.position, rests.decision_id
    from (select distinct because_act_id, choices from seen where because_act_id is not null) asked
    join lateral (
        select one.*
        from (
            (select s.*, coalesce(array_position(asked.choices, s.kind), 9) as choice
             from change_seen s
             where s.source = 'registry' and s.act_id = asked.because_act_id
               and s.kind in ('registry.organisations_ended', 'registry.organisation_founded',
                              'registry.acts_undone', 'registry.timelines_corrected')
             order by choice, s.position
             limit 1)
            union all
            (select s.*, 10
             from change_seen s
             where s.source = 'registry' and s.act_id = asked.because_act_id
             order by s.position
             limit 1)
        ) one
        order by one.choice
        limit 1
    ) act on true
    left join lateral (
        select s.decision_id
        from change_seen s
        where s.source = 'registry' and s.act_id = asked.because_act_id and s.decision_id is not null
        order by s.position
        limit 1
    ) rests on true
),
told as (
    select seen.key, seen.change_id, seen.act_id, seen.kind, seen.effective_on,
           coalesce(seen.decision_id, origin.decision_id) as decision_id, seen.traceparent, seen.source,
           seen.position,
           origin.because_act_id, origin.change_id as because_change_id, origin.kind as because_kind,
           origin.effective_on as because_effective_on, origin.traceparent as because_traceparent,
           origin.position as because_position
    from seen
    left join origin on origin.because_act_id = seen.because_act_id and origin.choices = seen.choices
    union all
    select key, change_id, act_id, kind, effective_on, decision_id, traceparent, 'reporting', position,
           null, null, null, null, null, null
    from own
    union all
    select key, change_id, act_id, kind, effective_on, decision_id, traceparent, 'reporting', 0,
           null, null, null, null, null, null
    from waiting
)
select told.key as "key!", told.change_id as "change_id!", told.act_id as "act_id!", told.kind as "kind!",
       told.effective_on as "effective_on!",
       told.decision_id as "decision_id?", known.number as "decision_number?",
       told.traceparent as "traceparent!", told.source as "source!", told.position as "position!",
       told.because_act_id as "because_act_id?",
       told.because_change_id as "because_change_id?",
       told.because_kind as "because_kind?",
       told.because_effective_on as "because_effective_on?",
       told.because_traceparent as "because_traceparent?",
       told.because_position as "because_position?"
from told
left join decision known on known.decision_id = told.decision_id
