-- What units ($1) of the caller's scope are called, each on the day at the same place ($2), or when it ended.
select asked.unit_id as "unit_id!", asked.on_date as "on_date!",
       coalesce(name_on(asked.unit_id, asked.on_date), '') as "name!"
from (select distinct unit_id, on_date from unnest($1::uuid[], $2::date[]) as target (unit_id, on_date)) asked
where access.covers(asked.unit_id)
