-- What was known is never known otherwise: nobody changes a past, nor takes anything from it.
create or replace function past_stays() returns trigger
    language plpgsql
as $$
begin
    raise exception 'what was known stays known: % is only added to', tg_table_name
        using errcode = 'restrict_violation';
end;
$$;
