-- Whether the act $1 is undone; whether one of the organisations $2 that it concerned lies
-- out of scope; and whether it recorded what cannot be known otherwise afterwards.
with concerned as (
    select named.organisation_id, edge.superior_id
    from unnest($2::uuid[]) as named (organisation_id)
    left join lateral (
        select parent.superior_id
        from organisation_parent parent
        where parent.organisation_id = named.organisation_id and upper_inf(parent.recorded)
        order by lower(parent.valid) desc
        limit 1
    ) edge on true
)
select exists (select from act_undone where act_id = $1) as "undone!",
       exists (select from (select distinct coalesce(superior_id, organisation_id) as held_on
                            from concerned
                            -- A fence: the right is decided once for each superior.
                            offset 0) seat
               where not access.covers(held_on)) as "out_of_scope!",
       (exists (select from congress where act_id = $1)
        or exists (select from by_election where act_id = $1)
        or exists (select from ceremony where act_id = $1)
        or exists (select from employer_survey where act_id = $1)
        or exists (select from campaign_stage where act_id = $1)
        or exists (select from succession_plan where act_id = $1)
        or exists (select from role_grant where act_id = $1 or replaced_by = $1)) as "recorded_besides!"
