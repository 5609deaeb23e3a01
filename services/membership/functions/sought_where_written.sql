-- Whoever is written down can be found by her name, where she was written down.
create or replace function sought_where_written() returns trigger
    language plpgsql
as $$
begin
    insert into person_sought
    select name_backwards(name_key), coalesce(birth_year, 0), person_id, recorded_under, sex
    from written;
    return null;
end;
$$;
