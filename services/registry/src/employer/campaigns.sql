-- The campaigns that count under $1 and had begun by $2, each with the stage at which it stood
-- then, only those at $3 unless that is null: after the campaign $4, at most $5.
select one.campaign_id as "campaign_id!",
       one.organisation_id as "organisation_id!",
       one.employer_id as "employer_id!",
       one.opened_on as "opened_on!",
       one.stage as "stage!",
       one.reached_on as "reached_on!",
       one.block_reason as "block_reason!",
       one.union_id as "union_id?"
from (
    select campaign.campaign_id, campaign.organisation_id, campaign.employer_id,
           opening.reached_on as opened_on, last.stage, last.reached_on, last.block_reason,
           last.union_id
    from campaign
    join campaign_stage_known opening on opening.campaign_id = campaign.campaign_id and opening.step = 1
    cross join lateral (
        select * from campaign_stage_known step
        where step.campaign_id = campaign.campaign_id and step.reached_on <= $2::date
        order by step.step desc
        limit 1
    ) last
    where campaign.organisation_id in (select inherited($1, $2))
      and ($3::text is null or last.stage = $3)
      and ($4::uuid is null or campaign.campaign_id > $4)
    order by campaign.campaign_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) one
where access.covers(one.organisation_id)
limit $5
