-- The activity that counts for each of some unions: the one that reached most.
select distinct on (d.organisation_id)
       d.organisation_id as "unit_id!",
       d.act_id as "change_id!",
       d.held_on as "on_date!",
       (d.members_reached + d.workers_reached)::bigint as "people!"
from activity d
where d.organisation_id = any($1::uuid[]) and d.kind = 'DISSEMINATION'
  and d.held_on >= $2 and d.held_on < $3
  and d.members_reached + d.workers_reached > 0
  and access.covers($4)
order by d.organisation_id, d.members_reached + d.workers_reached desc, d.held_on
