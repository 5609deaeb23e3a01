-- How organisations stand on a date, as known now. $1 their ids, $2 the date, $3 whether
-- the right must reach the superior (acts on a unit) or the organisation itself. What is dated
-- back changes a past: the rights must reach it on every day since then. Those that are unknown or
-- out of scope do not come back.
with asked as (
    select founding.organisation_id,
           founding.founded_on,
           edge.superior_id,
           place.place_id,
           place.place_from,
           place.place_until
    from unnest($1::uuid[]) as named (organisation_id)
    join organisation_founding founding
      on founding.organisation_id = named.organisation_id and upper_inf(founding.recorded)
    -- The last superior known: that of an ended organisation is the one it had last.
    left join lateral (
        select parent.superior_id
        from organisation_parent parent
        where parent.organisation_id = named.organisation_id and upper_inf(parent.recorded)
        order by lower(parent.valid) desc
        limit 1
    ) edge on true
    -- Of those known of the date the last that began by then: the index on the first days of
    -- places finds it in one descent, however often the organisation has moved.
    left join lateral (
        select parent.superior_id as place_id, lower(parent.valid) as place_from,
               upper(parent.valid) as place_until, parent.valid
        from organisation_parent parent
        where parent.organisation_id = named.organisation_id and upper_inf(parent.recorded)
          and lower(parent.valid) <= $2::date
        order by lower(parent.valid) desc
        limit 1
    ) place on place.valid @> $2::date
), reached as materialized (
    -- Thousands of units have few superiors: the right is decided once for each, behind a
    -- fence, or it would be decided for each unit.
    select held_on
    from (select distinct case when $3 then coalesce(superior_id, organisation_id)
                               else organisation_id end as held_on
          from asked
          offset 0) seats
    where access.covers(held_on)
), everywhere as materialized (
    select scope_is_whole() as reached
)
select asked.organisation_id as "organisation_id!",
       asked.founded_on as "founded_on!",
       asked.superior_id as "superior_id?",
       asked.place_id as "place_id?",
       asked.place_from as "place_from?",
       asked.place_until as "place_until?",
       type.type as "type_code!",
       type.type_until as "type_until?",
       status.status as "status?",
       status.status_from as "status_from?",
       status.status_until as "status_until?",
       ending.ended_on as "ended_on?"
from asked
join reached on reached.held_on = case when $3 then coalesce(asked.superior_id, asked.organisation_id)
                                       else asked.organisation_id end
join lateral (
    select known.type, upper(known.valid) as type_until
    from organisation_type known
    where known.organisation_id = asked.organisation_id and upper_inf(known.recorded)
      and lower(known.valid) <= greatest($2::date, asked.founded_on)
    order by lower(known.valid) desc
    limit 1
) type on true
left join lateral (
    select known.status, lower(known.valid) as status_from, upper(known.valid) as status_until,
           known.valid
    from organisation_status known
    where known.organisation_id = asked.organisation_id and upper_inf(known.recorded)
      and lower(known.valid) <= $2::date
    order by lower(known.valid) desc
    limit 1
) status on status.valid @> $2::date
left join organisation_ending ending
    on ending.organisation_id = asked.organisation_id and upper_inf(ending.recorded)
where $2::date >= access.today()
   or (select reached from everywhere)
   or covered_during(asked.organisation_id, daterange($2, access.today()), not $3)
