-- Employers with $2 to $3 workers (null: any number) and of the kind $4 (null: any), as their
-- last survey by $5 found them, where the surveyor counts under $1; only those without a
-- living union on $5, if $6: largest first, after the employer $8 of $7 workers, at most $9.
with counted as materialized (
    select organisation_id from inherited($1, $5) as counted (organisation_id)
)
select one.employer_id as "employer_id!",
       one.tax_code as "tax_code?",
       one.name as "name!",
       one.sector as "sector?",
       one.enterprise_type as "enterprise_type?",
       one.workforce as "workforce!",
       one.workforce_female as "workforce_female!",
       one.surveyed_on as "surveyed_on!",
       one.surveyor_id as "surveyor_id!",
       one.union_ids as "union_ids!",
       (select step.stage
        from campaign
        join campaign_stage_known step using (campaign_id)
        where campaign.employer_id = one.employer_id and step.reached_on <= $5::date
        order by step.reached_on desc, step.campaign_id desc, step.step desc
        limit 1) as "stage?"
from (
    select survey.*, employer.tax_code, has.union_ids
    from (select distinct employer_id from employer_survey
          where surveyor_id in (select organisation_id from counted)
            and surveyed_on <= $5::date) surveyed
    cross join lateral (
        select * from employer_survey known
        where known.employer_id = surveyed.employer_id and known.surveyed_on <= $5::date
        order by known.surveyed_on desc
        limit 1
    ) survey
    join employer on employer.employer_id = surveyed.employer_id
    cross join lateral (
        -- A union that merged goes on in its successor.
        with recursive gathers (union_id) as (
            select known.union_id from employer_union known
            where known.employer_id = surveyed.employer_id
              and known.valid @> $5::date and upper_inf(known.recorded)
            union
            select ending.principal_successor_id
            from gathers
            join organisation_ending ending on ending.organisation_id = gathers.union_id
            where ending.principal_successor_id is not null
              and ending.ended_on <= $5::date and upper_inf(ending.recorded)
        )
        select array(select gathers.union_id
                     from gathers
                     join organisation_status status on status.organisation_id = gathers.union_id
                     where status.valid @> $5::date and upper_inf(status.recorded)
                       and status.status <> 'ENDED'
                     order by gathers.union_id) as union_ids
    ) has
    where survey.surveyor_id in (select organisation_id from counted)
      and ($2::int is null or survey.workforce >= $2)
      and ($3::int is null or survey.workforce <= $3)
      and ($4::text is null or survey.enterprise_type = $4)
      and (not $6 or has.union_ids = '{}')
      and ($7::int is null or (-survey.workforce, survey.employer_id) > (-$7::int, $8::uuid))
    order by -survey.workforce, survey.employer_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) one
where access.covers(one.surveyor_id)
limit $9
