-- The targets of a unit, each in the newest revision that was assigned by the end of its period, as they
-- were known at $2 (now, if that is null).
select distinct on (t.target_id)
       t.target_id as "target_id!", t.revision as "revision!", t.indicator as "indicator!",
       t.organisation_id as "organisation_id!",
       lower(t.period) as "from_on!", (upper(t.period) - 1) as "through_on!",
       t.issuer_id as "issuer_id?", t.issuer_name as "issuer_name?",
       t.value as "value!", t.value_unit as "value_unit!", t.comparator as "comparator!",
       t.denominator_on as "denominator_on?",
       t.sector_grouping as "sector_grouping!", t.sector_group as "sector_group!",
       t.assigned_on as "assigned_on!", t.decision_id as "decision_id?", t.recorded_at as "recorded_at!",
       withdrawn.withdrawn_on as "withdrawn_on?", withdrawn.reason as "withdrawal_reason?",
       withdrawn.decision_id as "withdrawal_decision_id?", withdrawn.recorded_at as "withdrawal_recorded_at?"
from target t
left join lateral withdrawal_of(t.target_id, t.revision, $2) withdrawn on true
where t.organisation_id = $1 and access.covers(t.organisation_id) and t.assigned_on < upper(t.period)
  and ($2::timestamptz is null or t.recorded_at <= $2)
order by t.target_id, t.revision desc
