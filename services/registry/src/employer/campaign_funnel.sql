-- How many employers with at least $2 workers stood at each stage on $3, and how many had got
-- there by then, or from $4 on, in the campaigns that count under $1: in the whole (no unit),
-- and, if $5, for $1 itself and for each organisation directly below it.
with branch as materialized (
    select edge.organisation_id as branch_id, below.organisation_id
    from organisation_parent edge
    cross join lateral inherited(edge.organisation_id, $3) as below (organisation_id)
    where $5 and edge.superior_id = $1
      and edge.valid @> $3::date and upper_inf(edge.recorded)
), campaigner as materialized (
    select counted.organisation_id,
           coalesce((select branch.branch_id from branch
                     where branch.organisation_id = counted.organisation_id
                     limit 1), $1) as unit_id
    from inherited($1, $3) as counted (organisation_id)
    where exists (select from campaign where campaign.organisation_id = counted.organisation_id)
      and access.covers(counted.organisation_id)
), step as (
    select campaigner.unit_id, campaign.employer_id, step.stage, step.reached_on,
           row_number() over (partition by campaign.employer_id
                              order by step.reached_on desc, campaign_id desc, step.step desc)
               as age,
           row_number() over (partition by campaigner.unit_id, campaign.employer_id
                              order by step.reached_on desc, campaign_id desc, step.step desc)
               as age_in_unit
    from campaigner
    join campaign using (organisation_id)
    join lateral (
        select workforce from employer_survey survey
        where survey.employer_id = campaign.employer_id and survey.surveyed_on <= $3::date
        order by survey.surveyed_on desc
        limit 1
    ) last on last.workforce >= $2
    join campaign_stage_known step using (campaign_id)
    where step.reached_on <= $3::date
), tally as (
    select null::uuid as unit_id, stage,
           count(distinct employer_id) filter (where age = 1) as standing,
           count(distinct employer_id) filter (where $4::date is null or reached_on >= $4)
               as reached
    from step
    group by stage
    union all
    select unit_id, stage,
           count(distinct employer_id) filter (where age_in_unit = 1),
           count(distinct employer_id) filter (where $4::date is null or reached_on >= $4)
    from step
    where $5
    group by unit_id, stage
)
select unit.unit_id as "unit_id?",
       rule.stage as "stage!",
       coalesce(tally.standing, 0) as "standing!",
       coalesce(tally.reached, 0) as "reached!"
from (select null::uuid as unit_id
      union
      select unit_id from tally) unit
cross join campaign_stage_rule rule
left join tally on tally.stage = rule.stage and tally.unit_id is not distinct from unit.unit_id
order by unit.unit_id nulls first, rule.stage_order
