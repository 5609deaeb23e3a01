-- How many employers with at least $2 workers stood at each stage on $3, and how many had
-- been there by then, in the campaigns of $1 and below it.
with campaign_of_scope as (
    select campaign.campaign_id, campaign.employer_id
    from campaign
    join lateral (
        select workforce from employer_survey survey
        where survey.employer_id = campaign.employer_id and survey.surveyed_on <= $3::date
        order by survey.surveyed_on desc
        limit 1
    ) last on true
    where campaign.organisation_id in (select subtree($1, $3, 'infinity'))
      and access.covers(campaign.organisation_id)
      and last.workforce >= $2
), step as (
    select of_scope.employer_id, campaign_id, step.stage,
           row_number() over (partition by of_scope.employer_id
                              order by step.reached_on desc, campaign_id desc, step.step desc) as age
    from campaign_of_scope of_scope
    join campaign_stage step using (campaign_id)
    where step.reached_on <= $3::date
)
select rule.stage as "stage!",
       count(distinct step.employer_id) filter (where step.age = 1) as "standing!",
       count(distinct step.employer_id) as "reached!"
from campaign_stage_rule rule
left join step on step.stage = rule.stage
group by rule.stage, rule.stage_order
order by rule.stage_order
