-- The organisations of the register that bore the codes $1 on the dates $2, with what
-- decides whether they can be superiors from then on. Those out of scope do not come back.
with named as (
    select named.code, named.on_date, bearer.organisation_id
    from unnest($1::text[], $2::date[]) as named (code, on_date)
    join organisation_code bearer
      on bearer.code = named.code and bearer.valid @> named.on_date and upper_inf(bearer.recorded)
), reached as materialized (
    select organisation_id
    from (select distinct organisation_id from named offset 0) bearers
    where access.covers(organisation_id)
)
select named.code as "code!",
       named.on_date as "on_date!",
       named.organisation_id as "organisation_id!",
       type.types as "types!",
       type.types_from as "types_from!",
       status.status as "status!",
       ending.ended_on as "ended_on?"
from named
join reached using (organisation_id)
-- Its type on that date, and those that it had later.
cross join lateral (
    select array_agg(known.type order by lower(known.valid)) as types,
           array_agg(lower(known.valid) order by lower(known.valid)) as types_from
    from organisation_type known
    where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
      and known.valid && daterange(named.on_date, null)
) type
join organisation_status status
  on status.organisation_id = named.organisation_id
 and status.valid @> named.on_date and upper_inf(status.recorded)
left join organisation_ending ending
  on ending.organisation_id = named.organisation_id and upper_inf(ending.recorded)
