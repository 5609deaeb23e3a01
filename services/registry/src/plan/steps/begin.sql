-- What a dry run has seen of the plan and of the feed, before it looks at anything: up to where it is numbered,
-- and which acts are recorded beyond that. Whatever is recorded after this, a commit takes for
-- later, whether the dry run came to see it or not.
insert into plan_seen (operation_id, position, act_ids, steps)
select :'operation_id', head.position,
       array(select distinct act_id from feed.pending),
       (select count(*) from plan_step where plan_id = :'plan_id')
from feed.head;
