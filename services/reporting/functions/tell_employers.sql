-- Tells what a statement has changed of what is known of employers (`employer_told`), as `tell_offices`
-- does of seats.
-- Many changes are written by one statement where they arrive together: a row that comes was recorded when
-- its own change was, unless it is said since when all of them are known (`congdoan.told_at`).
create or replace function tell_employers() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'registry'), 1);
    told_at timestamptz := nullif(current_setting('congdoan.told_at', true), '')::timestamptz;
begin
    if tg_op = 'DELETE' then
        insert into employer_told (position, recorded_at, employer_id, surveyed_on, surveyor_id, workforce,
                                   union_ids, amount)
        select told_position, coalesce(told_at, now()), employer_id, surveyed_on, surveyor_id, workforce,
               union_ids, -1
        from earlier;
    end if;
    if tg_op = 'UPDATE' then
        -- What was known is known no longer since the change that tells something else.
        insert into employer_told (position, recorded_at, employer_id, surveyed_on, surveyor_id, workforce,
                                   union_ids, amount)
        select told_position, coalesce(told_at, seen.acted_at, now()), earlier.employer_id,
               earlier.surveyed_on, earlier.surveyor_id, earlier.workforce, earlier.union_ids, -1
        from earlier
        join changed on changed.employer_id = earlier.employer_id and changed.surveyed_on = earlier.surveyed_on
        left join change_seen seen on seen.change_id = changed.change_id;
    end if;
    if tg_op <> 'DELETE' then
        insert into employer_told (position, recorded_at, employer_id, surveyed_on, surveyor_id, workforce,
                                   union_ids, amount)
        select told_position, coalesce(told_at, seen.acted_at, now()), changed.employer_id,
               changed.surveyed_on, changed.surveyor_id, changed.workforce, changed.union_ids, 1
        from changed
        left join change_seen seen on seen.change_id = changed.change_id;
    end if;
    return null;
end;
$$;
