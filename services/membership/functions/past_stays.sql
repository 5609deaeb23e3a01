-- What was known is never known otherwise: nobody changes a past, nor takes anything from it; but for
-- those who erase a person, and who seal with another key what stays sealed. They are functions of the
-- owner of the schema, who alone may write a past.
create or replace function past_stays() returns trigger
    language plpgsql
as $$
begin
    if current_setting('congdoan.past_opened_for', true) in ('erasure', 'another key') then
        return null;
    end if;
    raise exception 'what was known stays known: % is only added to', tg_table_name
        using errcode = 'restrict_violation';
end;
$$;
