-- A page of a unit's targets in the newest revisions that were known at an instant ($7; now, if there
-- is none), by period, indicator and id.
select newest.target_id as "target_id!", newest.revision as "revision!", newest.indicator as "indicator!",
       newest.organisation_id as "organisation_id!",
       lower(newest.period) as "from_on!", (upper(newest.period) - 1) as "through_on!",
       newest.issuer_id as "issuer_id?", newest.issuer_name as "issuer_name?",
       newest.value as "value!", newest.value_unit as "value_unit!", newest.comparator as "comparator!",
       newest.denominator_on as "denominator_on?",
       newest.sector_grouping as "sector_grouping!", newest.sector_group as "sector_group!",
       newest.assigned_on as "assigned_on!", newest.decision_id as "decision_id?", newest.recorded_at as "recorded_at!",
       withdrawn.withdrawn_on as "withdrawn_on?", withdrawn.reason as "withdrawal_reason?",
       withdrawn.decision_id as "withdrawal_decision_id?", withdrawn.recorded_at as "withdrawal_recorded_at?"
from (
    select distinct on (t.target_id) t.*
    from target t
    where t.organisation_id = $1 and access.covers(t.organisation_id) and ($2 = '' or t.indicator = $2)
      and ($7::timestamptz is null or t.recorded_at <= $7)
    order by t.target_id, t.revision desc
) newest
left join lateral withdrawal_of(newest.target_id, newest.revision, $7) withdrawn on true
where $3::date is null or (lower(newest.period), newest.indicator, newest.target_id) > ($3, $4, $5)
order by lower(newest.period), newest.indicator, newest.target_id
limit $6
