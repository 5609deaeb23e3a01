-- The targets of some units ($1) that are open on $2, whose period ends on that day or later and
-- which are not withdrawn by then, in their newest revisions: of each unit the first $3 by period,
-- indicator and id.
select placed.target_id as "target_id!", placed.revision as "revision!", placed.indicator as "indicator!",
       placed.organisation_id as "organisation_id!",
       lower(placed.period) as "from_on!", (upper(placed.period) - 1) as "through_on!",
       placed.issuer_id as "issuer_id?", placed.issuer_name as "issuer_name?",
       placed.value as "value!", placed.value_unit as "value_unit!", placed.comparator as "comparator!",
       placed.denominator_on as "denominator_on?",
       placed.sector_grouping as "sector_grouping!", placed.sector_group as "sector_group!",
       placed.assigned_on as "assigned_on!", placed.decision_id as "decision_id?", placed.recorded_at as "recorded_at!",
       placed.withdrawn_on as "withdrawn_on?", placed.withdrawal_reason as "withdrawal_reason?",
       placed.withdrawal_decision_id as "withdrawal_decision_id?", placed.withdrawal_recorded_at as "withdrawal_recorded_at?"
from (
    select newest.*, withdrawn.withdrawn_on, withdrawn.reason as withdrawal_reason,
           withdrawn.decision_id as withdrawal_decision_id,
           withdrawn.recorded_at as withdrawal_recorded_at,
           row_number() over (partition by newest.organisation_id
                              order by lower(newest.period), newest.indicator, newest.target_id) as place
    from (
        select distinct on (t.target_id) t.*
        from target t
        where t.organisation_id = any ($1::uuid[]) and access.covers(t.organisation_id)
          and upper(t.period) > $2
        order by t.target_id, t.revision desc
    ) newest
    left join lateral withdrawal_of(newest.target_id, newest.revision, null) withdrawn on true
    where withdrawn.withdrawn_on is null or withdrawn.withdrawn_on > $2
) placed
where placed.place <= $3
order by placed.organisation_id, placed.place
