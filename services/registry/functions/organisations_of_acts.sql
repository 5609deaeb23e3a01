-- The organisations of which anything was recorded by the acts p_acts, or of which they
-- replaced what was known.
create or replace function organisations_of_acts(p_acts uuid[]) returns setof uuid
    language plpgsql stable
as $$
declare
    dated record;
begin
    for dated in select * from dated_relations() where about is not null loop
        return query execute format(
            'select belief.%1$I from %2$s belief where belief.act_id = any ($1)
             union
             select belief.%1$I from %2$s belief where belief.replaced_by = any ($1)',
            dated.about, dated.relation)
            using p_acts;
    end loop;
    return query
        select held.organisation_id
        from (select organisation_id, act_id from congress
              union all
              select organisation_id, act_id from by_election
              union all
              select launched.organisation_id, ceremony.act_id
              from ceremony_launched launched join ceremony using (ceremony_id)
              union all
              select issuer_id, act_id from decision) held
        where held.act_id = any (p_acts);
end;
$$;
