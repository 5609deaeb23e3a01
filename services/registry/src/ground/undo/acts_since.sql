-- The acts that were recorded after the act $1, in the order of the feed; not the act $2, which
-- is in progress. As many as $3. An act that publishes nothing is not in the feed; it records
-- nothing that could contradict the tree.
select act_id as "act_id!"
from (select act_id from feed.stream
      where position > coalesce((select max(position) from feed.stream where act_id = $1),
                                (select position from feed.head))
      union
      select act_id from feed.pending) since
where act_id not in ($1, $2)
limit $3
