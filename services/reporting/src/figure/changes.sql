-- What stands behind changes: of other services as they came, of our own acts from our feed,
-- also while they are not yet numbered. What followed from an act of registry leads to that act,
-- and rests on its decision.
select c.key as "key!",
       coalesce(seen.change_id, own.change_id, pending.change_id) as "change_id!",
       coalesce(seen.act_id, own.act_id, pending.act_id) as "act_id!",
       coalesce(seen.kind, own.kind, pending.kind) as "kind!",
       coalesce(seen.effective_on, own.effective_on, pending.effective_on) as "effective_on!",
       d.decision_id as "decision_id?",
       known.number as "decision_number?",
       coalesce(seen.traceparent, own.traceparent, pending.traceparent) as "traceparent!",
       coalesce(seen.source, 'reporting') as "source!",
       coalesce(seen.position, own.position, 0) as "position!",
       because.act_id as "because_act_id?",
       because.change_id as "because_change_id?",
       because.kind as "because_kind?",
       because.effective_on as "because_effective_on?",
       because.traceparent as "because_traceparent?",
       because.position as "because_position?"
from unnest($1::uuid[]) as c (key)
left join change_seen seen on seen.change_id = c.key
left join feed.stream own on seen.change_id is null and own.act_id = c.key
left join feed.pending pending on seen.change_id is null and own.change_id is null and pending.act_id = c.key
left join lateral (
    -- An act may found, end and undo: what admits people is a founding, what moves them an end.
    select act.act_id, act.change_id, act.kind, act.effective_on, act.traceparent, act.position
    from (
        (select act.*,
                coalesce(array_position(
                    case seen.kind
                        when 'membership.members_admitted'
                        then array['registry.organisation_founded', 'registry.timelines_corrected',
                                   'registry.acts_undone', 'registry.organisations_ended']
                        when 'membership.movement_taken_back'
                        then array['registry.acts_undone', 'registry.timelines_corrected',
                                   'registry.organisations_ended', 'registry.organisation_founded']
                        else array['registry.organisations_ended', 'registry.timelines_corrected',
                                   'registry.acts_undone', 'registry.organisation_founded'] end,
                    act.kind), 9) as choice
         from change_seen act
         where act.source = 'registry' and act.act_id = seen.because_act_id
           and act.kind in ('registry.organisations_ended', 'registry.organisation_founded',
                            'registry.acts_undone', 'registry.timelines_corrected')
         order by choice, act.position
         limit 1)
        union all
        (select act.*, 10
         from change_seen act
         where act.source = 'registry' and act.act_id = seen.because_act_id
         order by act.position
         limit 1)
    ) act
    order by act.choice
    limit 1
) because on true
left join lateral (
    select act.decision_id
    from change_seen act
    where act.source = 'registry' and act.act_id = seen.because_act_id and act.decision_id is not null
    order by act.position
    limit 1
) rests on true
cross join lateral (
    select coalesce(seen.decision_id, own.decision_id, pending.decision_id, rests.decision_id) as decision_id
) d
left join decision known on known.decision_id = d.decision_id
where coalesce(seen.change_id, own.change_id, pending.change_id) is not null
