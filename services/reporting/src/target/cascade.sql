-- Every revision of every target for an indicator, a period and a group that lies on the way
-- down from a unit: what it was assigned, what it assigned, and what those assigned.
with recursive issuing (organisation_id) as (
    select $1::uuid where access.covers($1)
    union
    select t.organisation_id
    from issuing i
    join target t on t.issuer_id = i.organisation_id
    where t.indicator = $2 and t.period = daterange($3, $4)
      and t.sector_grouping = $5 and t.sector_group = $6
)
select t.target_id as "target_id!", t.revision as "revision!", t.indicator as "indicator!",
       t.organisation_id as "organisation_id!",
       lower(t.period) as "from_on!", (upper(t.period) - 1) as "through_on!",
       t.issuer_id as "issuer_id?", t.issuer_name as "issuer_name?",
       t.value as "value!", t.value_unit as "value_unit!", t.comparator as "comparator!",
       t.denominator_on as "denominator_on?",
       t.sector_grouping as "sector_grouping!", t.sector_group as "sector_group!",
       t.assigned_on as "assigned_on!", t.decision_id as "decision_id?", t.recorded_at as "recorded_at!"
from target t
where t.indicator = $2 and t.period = daterange($3, $4)
  and t.sector_grouping = $5 and t.sector_group = $6
  and (t.issuer_id in (select organisation_id from issuing)
       or t.organisation_id in (select organisation_id from issuing where organisation_id = $1))
order by t.target_id, t.revision desc
