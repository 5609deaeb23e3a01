-- The closings of an organisation ($1) of the caller's scope: at most $3, after $2.
select c.closing_id as "closing_id!", c.organisation_id as "organisation_id!",
       c.organisation_name as "organisation_name!",
       lower(c.period) as "from_on!", (upper(c.period) - 1) as "through_on!",
       c.revision as "revision!", c.earlier_id as "earlier_id?", c.tree_on as "tree_on!",
       c.known_at as "known_at!", c.positions as "positions!: Json<Vec<(String, i64)>>",
       c.indicators as "indicators!", c.cells as "cells!", c.earlier_digest as "earlier_digest!",
       c.digest as "digest!", c.key_id as "key_id!", c.signature as "signature!", c.actor as "actor!",
       c.reason as "reason!", c.decision_id as "decision_id?",
       c.approved_reports as "approved_reports!", c.waived_reports as "waived_reports!"
from closing c
where c.organisation_id = $1 and c.closing_id > $2 and access.covers(c.organisation_id)
order by c.closing_id
limit $3
