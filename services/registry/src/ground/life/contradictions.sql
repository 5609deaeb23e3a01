-- Where what is known now of the organisations $1 contradicts itself on any date: whether
-- each stands under one superior, and has a name, a type, a code and a status, for the whole
-- of its life and not a day longer; whether its superiors, those who direct it beside them and
-- those who inherit from it live then, and may have it; whether whatever says something of it
-- (organisation_fact) lies within its life, and where that takes an organisation that is directed,
-- on a day on which it is. Types are compared where the edge or one of the types rests on the act
-- $2, or everywhere if it is null. Unless $3, neither the life nor the type nor the status of any
-- of them has changed: what others have under them, inherit from them or hold in them is not
-- looked at. What other acts recorded is named with its act. At most 100.
with named as materialized (
    select distinct organisation_id from unnest($1::uuid[]) as each (organisation_id)
), edge as materialized (
    select edge.organisation_id, edge.superior_id, edge.valid, edge.act_id, false as beside
    from organisation_parent edge
    where edge.organisation_id = any($1::uuid[]) and upper_inf(edge.recorded)
    union
    select below.organisation_id, below.superior_id, below.valid, below.act_id, false
    from named
    -- A fence: one superior after the other, or everybody known would be looked through.
    cross join lateral (
        select edge.organisation_id, edge.superior_id, edge.valid, edge.act_id
        from organisation_parent edge
        where edge.superior_id = named.organisation_id and upper_inf(edge.recorded)
        offset 0
    ) below
    where $3::boolean
    union
    -- Whoever directs it beside its superior has to fit as a superior does.
    select beside.organisation_id, beside.director_id, beside.valid, beside.act_id, true
    from organisation_director beside
    where beside.organisation_id = any($1::uuid[]) and upper_inf(beside.recorded)
    union
    select beside.organisation_id, beside.director_id, beside.valid, beside.act_id, true
    from organisation_director beside
    where $3 and beside.director_id = any($1::uuid[]) and upper_inf(beside.recorded)
), inherited as materialized (
    select ending.organisation_id, ending.ended_on, heir.organisation_id as heir_id, ending.act_id
    from organisation_ending ending
    cross join lateral (values (ending.principal_successor_id), (ending.rehome_to_id))
         as heir (organisation_id)
    where $3 and upper_inf(ending.recorded) and heir.organisation_id is not null
      and (ending.organisation_id in (select organisation_id from named)
           or heir.organisation_id in (select organisation_id from named))
), life as materialized (
    select founding.organisation_id, founding.founded_on, ending.ended_on,
           case when ending.ended_on is null or ending.ended_on > founding.founded_on
                then daterange(founding.founded_on, ending.ended_on)
                else 'empty'::daterange end as lived
    from (select organisation_id from named
          union select superior_id from edge
          union select heir_id from inherited) concerned
    join organisation_founding founding
      on founding.organisation_id = concerned.organisation_id and upper_inf(founding.recorded)
    left join organisation_ending ending
      on ending.organisation_id = concerned.organisation_id and upper_inf(ending.recorded)
), placed as materialized (
    -- Attributes are gathered by `= any`, which finds few in an index and many in one pass.
    select organisation_id, range_agg(valid) as placed
    from organisation_parent
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    group by organisation_id
), named_so as materialized (
    select organisation_id, range_agg(valid) as bore_name
    from organisation_name
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    group by organisation_id
), typed as materialized (
    select organisation_id, range_agg(valid) as was_type
    from organisation_type
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    group by organisation_id
), coded as materialized (
    select organisation_id, range_agg(valid) as bore_code
    from organisation_code
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    group by organisation_id
), standing as materialized (
    select organisation_id,
           range_agg(valid) filter (where status <> 'ENDED') as directed,
           range_agg(valid) filter (where status = 'ENDED') as over
    from organisation_status
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    group by organisation_id
), at_work as materialized (
    select organisation_id, range_agg(valid) as in_sector
    from organisation_sector
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    group by organisation_id
), in_trade as materialized (
    select organisation_id, range_agg(valid) as in_industry
    from organisation_industry
    where organisation_id = any($1::uuid[]) and upper_inf(recorded)
    group by organisation_id
), attribute as materialized (
    select organisation_id, life.lived, life.founded_on, life.ended_on, placed,
           exists (select from organisation_parent ever
                   where ever.organisation_id = named.organisation_id) as ever_placed,
           bore_name, was_type, bore_code, directed, over, in_sector, in_industry
    from named
    left join life using (organisation_id)
    left join placed using (organisation_id)
    left join named_so using (organisation_id)
    left join typed using (organisation_id)
    left join coded using (organisation_id)
    left join standing using (organisation_id)
    left join at_work using (organisation_id)
    left join in_trade using (organisation_id)
), allowed as materialized (
    select type, superior_type, range_agg(valid) as on_dates
    from superior_type_rule
    group by type, superior_type
), contradiction as (
    select 'OUTSIDE_LIFE' as rule, organisation_id, null::uuid as related_id,
           founded_on as on_date, null::uuid as act_id
    from attribute
    where case
        -- Never founded: nothing is known of it.
        when lived is null then coalesce(placed, bore_name, was_type, bore_code, directed, over, in_sector,
                                        in_industry) is not null
        when isempty(lived) then true
        else (ever_placed and coalesce(placed, '{}') <> datemultirange(lived))
          or not coalesce(bore_name @> lived, false) or lower(bore_name) < founded_on
          or not coalesce(was_type @> lived, false) or lower(was_type) < founded_on
          or coalesce(bore_code, '{}') <> datemultirange(lived)
          or coalesce(directed, '{}') <> datemultirange(lived)
          or (ended_on is null) <> (over is null)
          or over <> datemultirange(daterange(ended_on, null))
          or lower(in_sector) < founded_on
          or lower(in_industry) < founded_on
        end
    union all
    -- A subordinate stands under it, or it stands under a superior, on a day without one.
    select 'SUPERIOR_NOT_LIVING', edge.organisation_id, edge.superior_id,
           lower(datemultirange(edge.valid) - datemultirange(coalesce(life.lived, 'empty'))), edge.act_id
    from edge
    left join life on life.organisation_id = edge.superior_id
    where not edge.valid <@ coalesce(life.lived, 'empty')
    union all
    select 'TYPE_NOT_ALLOWED', edge.organisation_id, edge.superior_id,
           lower(edge.valid * own.valid * above.valid), edge.act_id
    from edge
    join organisation_type own
      on own.organisation_id = edge.organisation_id and upper_inf(own.recorded)
     and own.valid && edge.valid
    join organisation_type above
      on above.organisation_id = edge.superior_id and upper_inf(above.recorded)
     and above.valid && own.valid * edge.valid
    left join allowed on allowed.type = own.type and allowed.superior_type = above.type
    where ($2::uuid is null or $2 in (edge.act_id, own.act_id, above.act_id))
      and not coalesce(allowed.on_dates @> lower(edge.valid * own.valid * above.valid), false)
    union all
    select 'HEIR_NOT_LIVING', inherited.organisation_id, inherited.heir_id, inherited.ended_on,
           inherited.act_id
    from inherited
    left join life on life.organisation_id = inherited.heir_id
    where not coalesce(life.lived @> inherited.ended_on, false)
    union all
    -- On the day on which a unit comes to stand under a superior, that one is directed.
    select 'SUPERIOR_SUSPENDED', edge.organisation_id, edge.superior_id, lower(edge.valid), edge.act_id
    from edge
    join organisation_status suspended
      on suspended.organisation_id = edge.superior_id and upper_inf(suspended.recorded)
     and suspended.status = 'SUSPENDED' and suspended.valid @> lower(edge.valid)
    where not exists (select from edge before
                      where before.organisation_id = edge.organisation_id
                        and before.superior_id = edge.superior_id and before.beside = edge.beside
                        and upper(before.valid) = lower(edge.valid))
    union all
    select 'DIRECTOR_IS_SUPERIOR', edge.organisation_id, edge.superior_id,
           lower(edge.valid * beside.valid), beside.act_id
    from edge
    join edge beside
      on beside.beside and beside.organisation_id = edge.organisation_id
     and beside.superior_id = edge.superior_id and beside.valid && edge.valid
    where not edge.beside
    union all
    -- Which territory it may have depends on its type.
    select 'TERRITORY_OF_OTHER_TYPE', held.organisation_id, null, lower(other.valid * held.valid), held.act_id
    from organisation_territory held
    join organisation_type own
      on own.organisation_id = held.organisation_id and upper_inf(own.recorded)
     and own.valid @> lower(held.valid)
    join organisation_type other
      on other.organisation_id = held.organisation_id and upper_inf(other.recorded)
     and other.valid && held.valid and other.type <> own.type
    where $3 and held.organisation_id = any($1::uuid[]) and upper_inf(held.recorded)
    union all
    select 'OUTSIDE_LIFE', fact.organisation_id, null, lower(fact.valid), fact.act_id
    from organisation_fact fact
    left join life on life.organisation_id = fact.organisation_id
    where $3 and fact.organisation_id = any($1::uuid[])
      -- See above: named with those who stand below, and with those who ended into it.
      and fact.attribute not in ('SUPERIOR', 'SUBORDINATE', 'HEIR')
      and not coalesce(case fact.binds
                       when 'THROUGHOUT' then fact.valid <@ life.lived
                       when 'BEGINS' then life.lived @> lower(fact.valid)
                            -- What it was called, and was, it goes on having been: corrections of
                            -- its life once left such a rest.
                            or fact.attribute in ('NAME', 'TYPE', 'SECTOR', 'INDUSTRY')
                               and lower(fact.valid) = life.ended_on
                       when 'FOUNDED' then lower(fact.valid) >= life.founded_on
                       else life.founded_on is not null end, false)
    union all
    select 'SUSPENDED', fact.organisation_id, null, lower(fact.valid), fact.act_id
    from organisation_fact fact
    join organisation_status suspended
      on suspended.organisation_id = fact.organisation_id and upper_inf(suspended.recorded)
     and suspended.status = 'SUSPENDED' and suspended.valid @> lower(fact.valid)
    where $3 and fact.directed and fact.organisation_id = any($1::uuid[])
)
select rule as "rule!", organisation_id as "organisation_id!", related_id, on_date, act_id
from contradiction
where organisation_id is not null
order by rule, organisation_id, related_id, on_date
limit 100
