-- The targets of some organisations ($1) for an indicator (any, if $3 is empty), each in the revision
-- that holds at the end of its period, that were open when others came to continue the organisation by
-- a day ($2), and are not withdrawn by then: at most $5, with ids after $4.
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
    select distinct on (t.target_id) t.*
    from target t
    where t.organisation_id = any ($1::uuid[]) and ($3 = '' or t.indicator = $3)
      and t.assigned_on < upper(t.period) and ($4::uuid is null or t.target_id > $4)
    order by t.target_id, t.revision desc
) held
left join lateral withdrawal_of(held.target_id, held.revision, null) withdrawn on true
where (withdrawn.withdrawn_on is null or withdrawn.withdrawn_on > $2)
  and exists (select from succession_of(held.organisation_id, $2) step
              where step.on_date < upper(held.period)
                and (step.kind <> 'SPLIT_OFF' or step.on_date > held.assigned_on))
order by held.target_id
limit $5
