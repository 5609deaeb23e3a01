-- A page of the targets that an organisation ($1) set, whose periods end within [$2, $3]: of some
-- indicators ($4; all, if there are none), each in the newest revision that was assigned by the end of its
-- period, by indicator, period and id, after ($5, $6, $7, $8); as they were known at $10 (now, if that is null).
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
    where t.issuer_id = $1 and access.covers(t.issuer_id)
      and (cardinality($4::text[]) = 0 or t.indicator = any ($4))
      and upper(t.period) - 1 between $2 and $3 and t.assigned_on < upper(t.period)
      and ($10::timestamptz is null or t.recorded_at <= $10)
    order by t.target_id, t.revision desc
) newest
left join lateral withdrawal_of(newest.target_id, newest.revision, $10) withdrawn on true
where $5::text is null
   or (newest.indicator, lower(newest.period), upper(newest.period) - 1, newest.target_id)
      > ($5, $6::date, $7::date, $8::uuid)
order by newest.indicator, lower(newest.period), upper(newest.period), newest.target_id
limit $9
