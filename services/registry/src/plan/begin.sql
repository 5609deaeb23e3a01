-- What a dry run has seen of the feed, before it looks at anything: up to where it is numbered,
-- and which acts are recorded beyond that. Whatever is recorded after this, a commit takes for
-- later, whether the dry run came to see it or not.
insert into plan_seen (operation_id, position, act_ids)
select :'operation_id', head.position,
       array(select distinct act_id from feed.pending)
from feed.head;
