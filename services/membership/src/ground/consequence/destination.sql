-- Where the members of each ended union continue whose consequence is not finished: the
-- organisation that the act named or, if that has ended by then too, the one that *its* end
-- named, and so on. An empty destination means that membership ends. With $1, the first so many
-- of those that nothing stands against.
with recursive step (registry_act_id, organisation_id, kind, effective_on, at_id, depth) as (
    select registry_act_id, organisation_id, kind, effective_on, to_organisation_id, 0
    from (select * from consequence
          where finished_at is null and kind between 2 and 4 and undone_by is null
            -- Whoever it passed over is not waited for: somebody has to mend it.
            and obstacle is distinct from 6 and ($1::bigint is null or obstacle is null)
          order by registry_act_id, organisation_id, kind
          limit $1) waiting
    union all
    select step.registry_act_id, step.organisation_id, step.kind, step.effective_on,
           ended.members_to_id, step.depth + 1
    from step
    join organisation ended
      on ended.organisation_id = step.at_id and ended.ended_on <= step.effective_on
    where step.depth < 32
), last as (
    select distinct on (registry_act_id, organisation_id, kind)
           registry_act_id, organisation_id, kind, effective_on, at_id
    from step
    order by registry_act_id, organisation_id, kind, depth desc
)
select last.registry_act_id as "registry_act_id!",
       last.organisation_id as "organisation_id!",
       last.kind as "kind!",
       last.effective_on as "effective_on!",
       last.at_id as to_id,
       (at.organisation_id is not null) as "known!",
       (at.founded_on <= last.effective_on and not at.never_existed
            and (at.ended_on is null or at.ended_on > last.effective_on)) is true as "lives!",
       (at.ended_on is not null) as "ends_later!",
       (select count(*) from membership
        where membership.organisation_id = last.organisation_id
          and until_on is null and from_on < last.effective_on) as "members!"
from last
left join organisation at on at.organisation_id = last.at_id
order by last.registry_act_id, last.organisation_id, last.kind
