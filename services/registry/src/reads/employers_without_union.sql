-- Employers with at least $2 workers, surveyed by $1 or below it on $3, that had no living
-- union on $3: largest first, after the employer $5 of $4 workers, at most $6. What is known
-- of an employer is its last survey by then.
select one.employer_id as "employer_id!",
       one.tax_code as "tax_code?",
       one.name as "name!",
       one.sector as "sector?",
       one.workforce as "workforce!",
       one.workforce_female as "workforce_female!",
       one.surveyed_on as "surveyed_on!",
       one.surveyor_id as "surveyor_id!",
       one.stage as "stage?"
from (
    select survey.*, employer.tax_code, campaign.stage
    from (
        select distinct on (employer_id) *
        from employer_survey
        where surveyed_on <= $3::date
        order by employer_id, surveyed_on desc
    ) survey
    join employer using (employer_id)
    left join lateral (
        select step.stage
        from campaign
        join campaign_stage step using (campaign_id)
        where campaign.employer_id = survey.employer_id and step.reached_on <= $3::date
        order by step.reached_on desc, step.campaign_id desc, step.step desc
        limit 1
    ) campaign on true
    where survey.surveyor_id in (select subtree($1, $3, 'infinity'))
      and survey.workforce >= $2
      and not exists (
          select from employer_union has
          join organisation_status status on status.organisation_id = has.union_id
          where has.employer_id = survey.employer_id
            and has.valid @> $3::date and upper_inf(has.recorded)
            and status.valid @> $3::date and upper_inf(status.recorded) and status.status <> 'ENDED'
      )
      and ($4::int is null or (-survey.workforce, survey.employer_id) > (-$4::int, $5::uuid))
    order by -survey.workforce, survey.employer_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) one
where access.covers(one.surveyor_id)
limit $6
