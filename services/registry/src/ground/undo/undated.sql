-- Whether the act $1 recorded something that has no dated facts, of an organisation in scope.
select exists (
    select from (
        select organisation_id from congress where act_id = $1
        union all
        select organisation_id from by_election where act_id = $1
        union all
        select organisation_id from ceremony where act_id = $1
        union all
        select surveyor_id from employer_survey where act_id = $1
        union all
        select campaign.organisation_id
        from campaign_stage step
        join campaign using (campaign_id)
        where step.act_id = $1
        union all
        select organisation_id from succession_plan where act_id = $1
        union all
        select issuer_id from decision_alias where act_id = $1
    ) recorded
    where access.covers(recorded.organisation_id)
) as "undated!"
