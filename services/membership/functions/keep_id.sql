-- Persons, movements and organisations are named by others: their ids stay, and they are never
-- deleted.
create or replace function keep_id() returns trigger
    language plpgsql
as $$
begin
    raise exception 'what others name by its id stays'
        using errcode = 'restrict_violation', table = tg_table_name;
end;
$$;
