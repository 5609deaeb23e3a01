-- Tells what a statement has changed of what is known of employers (`employer_told`), as `tell_offices`
-- does of seats.
create or replace function tell_employers() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'registry'), 1);
    told_at timestamptz := coalesce(nullif(current_setting('congdoan.told_at', true), '')::timestamptz, now());
begin
    if tg_op <> 'INSERT' then
        insert into employer_told (position, recorded_at, employer_id, surveyed_on, surveyor_id, workforce,
                                   union_ids, amount)
        select told_position, told_at, employer_id, surveyed_on, surveyor_id, workforce, union_ids, -1
        from earlier;
    end if;
    if tg_op <> 'DELETE' then
        insert into employer_told (position, recorded_at, employer_id, surveyed_on, surveyor_id, workforce,
                                   union_ids, amount)
        select told_position, told_at, employer_id, surveyed_on, surveyor_id, workforce, union_ids, 1
        from changed;
    end if;
    return null;
end;
$$;
