-- The newest revision of a target ($1), and the newest that holds on a day of its period.
select held.target_id as "target_id!", held.revision as "revision!", held.indicator as "indicator!",
       held.organisation_id as "organisation_id!",
       lower(held.period) as "from_on!", (upper(held.period) - 1) as "through_on!",
       held.issuer_id as "issuer_id?", held.issuer_name as "issuer_name?",
       held.value as "value!", held.value_unit as "value_unit!", held.comparator as "comparator!",
       held.denominator_on as "denominator_on?",
       held.sector_grouping as "sector_grouping!", held.sector_group as "sector_group!",
       held.assigned_on as "assigned_on!", held.decision_id as "decision_id?", held.recorded_at as "recorded_at!",
       withdrawn.withdrawn_on as "withdrawn_on?", withdrawn.reason as "withdrawal_reason?",
       withdrawn.decision_id as "withdrawal_decision_id?", withdrawn.recorded_at as "withdrawal_recorded_at?"
from (
    (select t.* from target t where t.target_id = $1 order by t.revision desc limit 1)
    union
    (select t.* from target t
     where t.target_id = $1 and t.assigned_on < upper(t.period)
     order by t.revision desc limit 1)
) held
left join lateral withdrawal_of(held.target_id, held.revision, null) withdrawn on true
order by held.revision desc
