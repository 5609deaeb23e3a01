-- Who is called otherwise, too, is found by that; when she never was, no longer.
create or replace function sought_by_alias() returns trigger
    language plpgsql
as $$
begin
    if tg_op = 'DELETE' then
        perform sought_by_all_names(array_agg(distinct person_id), array_agg(name_key))
        from old_rows having count(*) > 0;
    else
        perform sought_by_all_names(array_agg(distinct person_id), '{}')
        from new_rows having count(*) > 0;
    end if;
    return null;
end;
$$;
