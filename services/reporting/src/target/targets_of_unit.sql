-- A page of a unit's targets in their newest revisions, by period, indicator and id.
select newest.target_id as "target_id!", newest.revision as "revision!", newest.indicator as "indicator!",
       newest.organisation_id as "organisation_id!",
       lower(newest.period) as "from_on!", (upper(newest.period) - 1) as "through_on!",
       newest.issuer_id as "issuer_id?", newest.issuer_name as "issuer_name?",
       newest.value as "value!", newest.value_unit as "value_unit!", newest.comparator as "comparator!",
       newest.denominator_on as "denominator_on?",
       newest.sector_grouping as "sector_grouping!", newest.sector_group as "sector_group!",
       newest.assigned_on as "assigned_on!", newest.decision_id as "decision_id?", newest.recorded_at as "recorded_at!"
from (
    select distinct on (t.target_id) t.*
    from target t
    where t.organisation_id = $1 and access.covers(t.organisation_id) and ($2 = '' or t.indicator = $2)
    order by t.target_id, t.revision desc
) newest
where $3::date is null or (lower(newest.period), newest.indicator, newest.target_id) > ($3, $4, $5)
order by lower(newest.period), newest.indicator, newest.target_id
limit $6
