-- The organisations of which an act made something known, or of which it replaced something.
create or replace function organisations_of_act(p_act uuid) returns setof uuid
    language plpgsql stable
as $$
declare
    dated record;
begin
    for dated in select * from dated_relations() where about is not null loop
        return query execute format(
            'select belief.%1$I from %2$s belief where belief.act_id = $1 and belief.replaced_by is null
             union
             select belief.%1$I from %2$s belief where belief.replaced_by = $1',
            dated.about, dated.relation)
            using p_act;
    end loop;
end;
$$;
