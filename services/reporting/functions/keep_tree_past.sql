-- What a statement changes or takes away of the tree goes to the table's past, with the instant until
-- which it was known: all rows of a statement at once. What one act wrote and changed again was never
-- known to anybody, and what a statement writes as it was is no change. It runs as the owner of the schema,
-- who alone may write a past.
create or replace function keep_tree_past() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'insert into %I.%I
         select greatest($1, was.recorded_at + interval ''1 microsecond''), was.*
         from (%s) was
         where was.recorded_at is distinct from $1',
        tg_table_schema, tg_table_name || '_past',
        case tg_op when 'DELETE' then 'select * from old_rows'
                   else 'select * from old_rows except all select * from new_rows' end)
    using public.tree_recorded_at();
    return null;
end;
$$;
