-- What is known no longer does not come back by itself: it would come past the guard that looks
-- at what is inserted. To know it again is to write it again.
create function stay_closed() returns trigger
    language plpgsql
as $$
begin
    raise exception 'what is known no longer stays so: it is recorded anew where it is known again'
        using errcode = 'restrict_violation';
end;
$$;

do $migration$
declare
    dated regclass;
begin
    for dated in select relation from dated_relations() loop
        execute format(
            'create trigger stays_closed before update of recorded on %s
             for each row when (upper_inf(new.recorded) and not upper_inf(old.recorded))
             execute function stay_closed()', dated);
    end loop;
end;
$migration$;
