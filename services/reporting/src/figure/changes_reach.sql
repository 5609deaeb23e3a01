-- The activity that counts for each of some unions: the one that reached most. It adds the union ($5), or
-- the people.
select distinct on (d.organisation_id)
       d.organisation_id as "unit_id!",
       d.act_id as "change_id!",
       d.held_on as "on_date!",
       case when $5 then 1 else (d.members_reached + d.workers_reached)::bigint end as "amount!"
from activity d
where d.organisation_id = any($1::uuid[]) and d.kind = 'DISSEMINATION'
  and d.held_on >= $2 and d.held_on < $3
  and d.members_reached + d.workers_reached > 0
  and access.covers($4)
order by d.organisation_id, d.members_reached + d.workers_reached desc, d.held_on
