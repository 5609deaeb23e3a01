-- The last $7 revisions, by the end of the period and as they were known at $9 (now, if that is
-- null), of every target for an indicator, a period and a group that lies on the way down from a
-- unit: what it was assigned, what it assigned, and, if $8, what those assigned.
with recursive issuing (organisation_id) as (
    select $1::uuid where access.covers($1)
    union
    select t.organisation_id
    from issuing i
    join target t on t.issuer_id = i.organisation_id
    where $8 and t.indicator = $2 and t.period = daterange($3, $4)
      and t.sector_grouping = $5 and t.sector_group = $6
)
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
    select t.*, row_number() over (partition by t.target_id order by t.revision desc) as age
    from target t
    where t.indicator = $2 and t.period = daterange($3, $4)
      and t.sector_grouping = $5 and t.sector_group = $6
      and t.assigned_on < $4 and ($9::timestamptz is null or t.recorded_at <= $9)
      and (t.issuer_id in (select organisation_id from issuing)
           or t.organisation_id in (select organisation_id from issuing where organisation_id = $1))
) held
left join lateral withdrawal_of(held.target_id, held.revision, $9) withdrawn on true
where held.age <= $7
order by held.target_id, held.revision desc
