-- Every organisation that `access.covers`, found from where the rights are held instead of
-- from the organisation: for statements that ask it of very many. Each step takes in all that
-- go on in what the step before took in: those that ended, in their heirs; the others, in the
-- superior above which they stand today, or stood when they ended without an heir, or will
-- stand first.
create or replace function scope() returns setof uuid
    language plpgsql stable rows 5000
as $$
declare
    today     date   := access.today();
    mine      uuid[] := array(select held.organisation_id
                              from access.granted() as held (organisation_id)
                              where not exists (
                                  select from access.ending ending
                                  where ending.organisation_id = held.organisation_id
                                    and ending.ended_on <= today));
    step      uuid[] := mine;
    -- Those of the step that may have others below them.
    superiors uuid[] := mine;
begin
    for depth in 1..32 loop
        select array_agg(prior.organisation_id),
               array_agg(prior.organisation_id) filter (where prior.is_superior)
        into step, superiors
        from (
            select ending.organisation_id, true as is_superior
            from unnest(step) as above (organisation_id)
            join organisation_ending ending
              on ending.principal_successor_id = above.organisation_id
            where upper_inf(ending.recorded) and ending.ended_on <= today
            union all
            select edge.organisation_id, edge.has_subordinates
            from (
                select organisation_parent.organisation_id, valid, has_subordinates
                from unnest(superiors) as above (organisation_id)
                join organisation_parent
                  on organisation_parent.superior_id = above.organisation_id
                where organisation_parent.has_subordinates
                  and upper_inf(organisation_parent.recorded)
                union all
                select organisation_parent.organisation_id, valid, has_subordinates
                from unnest(superiors) as above (organisation_id)
                join organisation_parent
                  on organisation_parent.superior_id = above.organisation_id
                where not organisation_parent.has_subordinates
                  and upper_inf(organisation_parent.recorded)
            ) edge
            where edge.valid @> today
               or (not exists (select from organisation_ending ending
                               where ending.organisation_id = edge.organisation_id
                                 and upper_inf(ending.recorded) and ending.ended_on <= today
                                 and ending.principal_successor_id is not null)
                   and not exists (
                       select from organisation_parent other
                       where other.organisation_id = edge.organisation_id
                         and upper_inf(other.recorded)
                         and case when lower(edge.valid) <= today
                                  then lower(other.valid) <= today
                                       and lower(other.valid) > lower(edge.valid)
                                  else lower(other.valid) < lower(edge.valid) end))
        ) prior;
        exit when step is null;
        mine := mine || step;
    end loop;
    return query select distinct unnest(mine);
end;
$$;
