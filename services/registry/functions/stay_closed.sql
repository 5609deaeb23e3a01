-- What is known no longer does not come back by itself: it would come past the guard that looks
-- at what is inserted. To know it again is to write it again.
create or replace function stay_closed() returns trigger
    language plpgsql
as $$
begin
    raise exception 'what is known no longer stays so: it is recorded anew where it is known again'
        using errcode = 'restrict_violation';
end;
$$;
