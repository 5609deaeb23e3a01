-- Tells who a statement says is another, and who is no longer (`person_merge_told`), as `tell_offices`
-- does of seats.
create or replace function tell_merges() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'membership'), 1);
    told_at timestamptz := coalesce(nullif(current_setting('congdoan.told_at', true), '')::timestamptz, now());
begin
    if tg_op <> 'INSERT' then
        insert into person_merge_told (position, recorded_at, person_id, root_id, amount)
        select told_position, told_at, person_id, root_id, -1 from earlier;
    end if;
    if tg_op <> 'DELETE' then
        insert into person_merge_told (position, recorded_at, person_id, root_id, amount)
        select told_position, told_at, person_id, root_id, 1 from changed;
    end if;
    return null;
end;
$$;
