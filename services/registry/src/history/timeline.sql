-- Everything that is known of $1 at $2 (null for now); with $3 also what was known before and
-- replaced. In the order of the days from which it holds. What was recorded later than $2 is
-- not told, nor that something was replaced later.
with fact (place, attribute, value, short_name, end_kind, from_on, until_on, recorded, act_id,
           replaced_by, decision_id) as (
    select 1, 'FOUNDING', origin, '', null, founded_on, null::date, recorded, act_id,
           replaced_by, decision_id
    from organisation_founding where organisation_id = $1
    union all
    select 2, 'SUPERIOR', superior_id::text, '', null, lower(valid), upper(valid), recorded,
           act_id, replaced_by, null
    from organisation_parent where organisation_id = $1
    union all
    select 3, 'NAME', name, short_name, null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_name where organisation_id = $1
    union all
    select 4, 'CODE', code, '', null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_code where organisation_id = $1
    union all
    select 5, 'TYPE', type, '', null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_type where organisation_id = $1
    union all
    select 6, 'SECTOR', sector, '', null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_sector where organisation_id = $1
    union all
    select 16, 'INDUSTRY', industry, '', null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_industry where organisation_id = $1
    union all
    select 7, 'STATUS', status, '', null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_status where organisation_id = $1
    union all
    select 8, 'ENDING', coalesce(principal_successor_id::text, ''), '', kind, ended_on, null,
           recorded, act_id, replaced_by, decision_id
    from organisation_ending where organisation_id = $1
    union all
    -- A commune that is abolished leaves every territory by itself.
    select 9, 'TERRITORY', held.commune, '', null, lower(held.valid),
           least(upper(held.valid), rule.abolished_on), held.recorded, held.act_id,
           held.replaced_by, null
    from organisation_territory held
    left join commune_rule rule
      on rule.commune = held.commune and rule.valid @> lower(held.valid)
    where held.organisation_id = $1
    union all
    select 10, 'SEAL_AND_ACCOUNT', seal, '', null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_seal where organisation_id = $1
    union all
    select 11, 'ALIAS', alias, '', null, lower(valid), upper(valid), recorded, act_id,
           replaced_by, null
    from organisation_alias where organisation_id = $1
    union all
    select 12, 'JOINT_DIRECTION', director_id::text, '', null, lower(valid), upper(valid),
           recorded, act_id, replaced_by, null
    from organisation_director where organisation_id = $1
    union all
    select 13, 'FOUNDING_ROUTE', route.route, '', null, founding.founded_on, null, route.recorded,
           route.act_id, route.replaced_by, founding.decision_id
    from founding_route route
    join organisation_founding founding
      on founding.organisation_id = route.organisation_id
     and founding.recorded @> coalesce($2::timestamptz, 'infinity')
    where route.organisation_id = $1
    union all
    select case kind when 'ORGANISATION' then 14 else 15 end,
           case kind when 'ORGANISATION' then 'RECOGNITION' else 'EXECUTIVE_RECOGNITION' end,
           '', '', null, recognised_on, null, recorded, act_id, replaced_by, decision_id
    from recognition where organisation_id = $1
)
select fact.attribute as "attribute!",
       fact.value as "value!",
       fact.short_name as "short_name!",
       fact.end_kind as "end_kind?",
       seal.account_number as "account_number?",
       seal.account_bank as "account_bank?",
       commune.name_vi as "commune_name?",
       commune.province_code as "province_code?",
       fact.from_on as "from_on!",
       fact.until_on as "until_on?",
       lower(fact.recorded) as "recorded_at!",
       case when upper(fact.recorded) <= at.known then upper(fact.recorded) end as "replaced_at?",
       fact.act_id as "act_id!",
       case when upper(fact.recorded) <= at.known then fact.replaced_by end as "replaced_by?",
       coalesce(fact.decision_id,
                (select change.decision_id from feed.stream change
                 where change.act_id = fact.act_id and change.decision_id is not null limit 1),
                (select change.decision_id from feed.pending change
                 where change.act_id = fact.act_id and change.decision_id is not null limit 1))
           as "decision_id?"
from fact
cross join (select coalesce($2::timestamptz, 'infinity') as known) at
left join organisation_seal seal
  on fact.attribute = 'SEAL_AND_ACCOUNT' and seal.organisation_id = $1
 and seal.recorded = fact.recorded and lower(seal.valid) = fact.from_on
left join commune_rule commune
  on fact.attribute = 'TERRITORY' and commune.commune = fact.value
 and commune.valid @> fact.from_on
where fact.recorded @> at.known or ($3 and lower(fact.recorded) <= at.known)
order by fact.from_on, fact.place, fact.value, lower(fact.recorded), fact.until_on
