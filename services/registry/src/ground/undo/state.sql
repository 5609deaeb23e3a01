-- Whether the act $1 is undone; whether one of the organisations $2 that it concerned lies
-- out of scope, now or on a day that it concerned; and whether it recorded what cannot be known
-- otherwise afterwards.
with recursive act (act_id) as (
    -- What an undoing concerned is what the undone act did.
    select $1::uuid
    union
    select undone.act_id from act join act_undone undone on undone.undone_by = act.act_id
), since as materialized (
    select least(min(effective_on), access.today()) as on_date
    from (select stream.effective_on from act join feed.stream using (act_id)
          union all
          select pending.effective_on from act join feed.pending using (act_id)) told
), concerned as materialized (
    select named.organisation_id,
           coalesce(edge.superior_id,
                    -- Never founded: its founding had placed it there.
                    (select placed.superior_id
                     from organisation
                     join organisation_parent placed using (organisation_id)
                     where organisation.organisation_id = named.organisation_id
                       and placed.act_id = organisation.act_id
                     order by lower(placed.valid)
                     limit 1),
                    named.organisation_id) as held_on
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
       case when scope_is_whole() then false
            else exists (select from (select distinct held_on from concerned
                                      -- A fence: the right is decided once for each superior.
                                      offset 0) seat
                         where not access.covers(held_on))
                 or exists (select from concerned, since
                            where not covered_during(organisation_id,
                                                     daterange(on_date, access.today(), '[]'), false))
       end as "out_of_scope!",
       (exists (select from congress where act_id = $1)
        or exists (select from by_election where act_id = $1)
        or exists (select from ceremony where act_id = $1)
        or exists (select from employer_survey where act_id = $1)
        or exists (select from campaign_stage where act_id = $1)
        or exists (select from succession_plan where act_id = $1)
        or exists (select from role_grant
                   where act_id = $1
                      -- Grants that an undoing took along come back with it.
                      or replaced_by = $1
                         and not exists (select from act_undone where undone_by = $1))) as "recorded_besides!"
