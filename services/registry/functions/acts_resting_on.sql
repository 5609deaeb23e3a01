-- The acts that replaced what rests on the act p_act, and the organisations concerned; none
-- that were undone.
create or replace function acts_resting_on(p_act uuid)
    returns table (act_id uuid, organisation_id uuid)
    language plpgsql stable
as $$
declare
    dated record;
begin
    for dated in select * from dated_relations() loop
        return query execute format(
            'select distinct belief.replaced_by, %s
             from %s belief
             where belief.act_id = $1 and belief.replaced_by <> $1
               and not exists (select from act_undone undone
                               where undone.act_id = belief.replaced_by)',
            coalesce('belief.' || quote_ident(dated.about), 'null::uuid'), dated.relation)
            using p_act;
    end loop;
end;
$$;
