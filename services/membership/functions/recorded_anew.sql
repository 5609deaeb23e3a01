-- A row that is changed is another version of what is known, recorded by the act that changes it.
-- An act that was decided before the version that it replaces, and came after it because it had to
-- wait, is recorded the instant after that one: what was known in between stays known. What is sealed
-- with another key is known as it was.
create or replace function recorded_anew() returns trigger
    language plpgsql
as $$
declare
    acted_at timestamptz := public.act_recorded_at();
begin
    if current_setting('congdoan.past_opened_for', true) = 'another key' then
        return new;
    end if;
    if old.recorded_at is distinct from acted_at then
        new.recorded_at := greatest(acted_at, old.recorded_at + interval '1 microsecond');
    end if;
    return new;
end;
$$;
