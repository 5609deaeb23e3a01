-- The last fact of each of $1 that begins on $2 or later and that it must live for: an end of it on
-- that day would leave it hanging. Whoever stands below is asked for apart, by whom they go to.
select distinct on (fact.organisation_id)
       fact.organisation_id as "organisation_id!", lower(fact.valid) as "later_on!"
from organisation_fact fact
where fact.organisation_id = any($1::uuid[])
  and fact.binds in ('THROUGHOUT', 'BEGINS') and fact.attribute <> 'SUBORDINATE'
  and lower(fact.valid) >= $2::date
order by fact.organisation_id, lower(fact.valid) desc
