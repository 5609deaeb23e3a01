-- A row of the tree that is changed is another version of what is known, from the instant of the act
-- that changes it.
create or replace function tree_recorded_anew() returns trigger
    language plpgsql
as $$
begin
    if old.recorded_at is distinct from tree_recorded_at() then
        new.recorded_at := greatest(tree_recorded_at(), old.recorded_at + interval '1 microsecond');
    end if;
    return new;
end;
$$;
