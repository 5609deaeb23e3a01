-- Locks people as lock_people does, and answers who of them had been merged by then, each with the one
-- who survives. Asked before the lock, somebody might be merged in between.
create or replace function hold_people(p_persons uuid[])
    returns table (person_id uuid, survivor_id uuid)
    language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    perform lock_people(p_persons);
    return query
    select person_merge.person_id, person_merge.root_id
    from person_merge
    where person_merge.person_id = any (p_persons);
end;
$$;
