-- The changes that name the decision $1, from the change $2 on (null for all), at most $3, in
-- the order of their ids, which is that of their acts.
select change_id as "change_id!", act_id as "act_id!", aggregate_id as "aggregate_id!",
       effective_on as "effective_on!",
       body as "body!"
from (
    select change_id, act_id, aggregate_id, effective_on, body from feed.stream
    where decision_id = $1 and ($2::uuid is null or change_id >= $2)
    union all
    select change_id, act_id, aggregate_id, effective_on, body from feed.pending
    where decision_id = $1 and ($2::uuid is null or change_id >= $2)
) change
order by change_id
limit $3
