-- Undoes the act p_act by the act p_by at p_at. Whoever calls has asked what rests on it.
create or replace function undo_act(p_act uuid, p_by uuid, p_at timestamptz) returns void
    language plpgsql
as $$
declare
    dated record;
begin
    for dated in select * from dated_relations() loop
        execute format(
            'update %s known
             set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
                 replaced_by = $2
             where known.act_id = $1 and known.replaced_by is null',
            dated.relation)
            using p_act, p_by, p_at;
        -- In the order of the indexes of the exclusion constraints: thousands of rows are
        -- written, and each goes next to the one before.
        execute format(
            'insert into %1$s (%2$s, recorded)
             select %2$s, tstzrange($2, null)
             from %1$s replaced
             where replaced.replaced_by = $1 and replaced.act_id <> $1
             order by %3$s',
            dated.relation, dated.belief, coalesce(quote_ident(dated.about), 'act_id'))
            using p_act, p_at;
    end loop;
    insert into act_undone (act_id, undone_by, undone_at) values (p_act, p_by, p_at);
end;
$$;
