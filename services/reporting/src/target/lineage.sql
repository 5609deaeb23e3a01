-- Who continued whom by a day ($2): all whom an organisation ($1) continues, however far back, and all
-- who continue any of these; of each how it came to that, step by step, with the act that did it. An
-- act that is known no more, or not yet done on the day, is none.
with recursive before (unit_id) as (
    select $1::uuid where access.covers($1)
    union
    select earlier.unit_id
    from before
    cross join lateral (
        select o.organisation_id from organisation o where o.heir_id = before.unit_id
        union
        select s.predecessor_id from succession_share s where s.successor_id = before.unit_id
    ) earlier (unit_id)
),
after (unit_id) as (
    select unit_id from before
    union
    select step.successor_id
    from after
    cross join lateral succession_of(after.unit_id, $2) step
    where step.successor_id is not null
)
select after.unit_id as "unit_id!",
       exists (select from before where before.unit_id = after.unit_id) as "before!",
       step.change_id as "change_id!", step.kind as "kind!", step.on_date as "on_date!",
       step.successor_id as "successor_id?", step.share as "share!", step.whole as "whole!",
       seen.act_id as "act_id!", seen.decision_id as "decision_id?"
from after
cross join lateral succession_of(after.unit_id, $2) step
join change_seen seen on seen.change_id = step.change_id
order by after.unit_id, step.on_date, step.change_id, step.line
