-- Tells what a statement has changed of seats in bodies (`office_told`): each version when it comes, and
-- once more, with an amount below 0, when it is known otherwise.
-- Many changes are written by one statement where they arrive together: a row that comes was recorded when
-- its own change was, unless it is said since when all of them are known (`congdoan.told_at`).
create or replace function tell_offices() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'registry'), 1);
    told_at timestamptz := nullif(current_setting('congdoan.told_at', true), '')::timestamptz;
begin
    if tg_op <> 'INSERT' then
        insert into office_told (position, recorded_at, organisation_id, person_id, valid, amount)
        select told_position, coalesce(told_at, now()), organisation_id, person_id, valid, -1
        from earlier
        where body <> 'STEERING' and not isempty(valid);
    end if;
    if tg_op = 'UPDATE' then
        insert into office_told (position, recorded_at, organisation_id, person_id, valid, amount)
        select told_position, coalesce(told_at, now()), organisation_id, person_id, valid, 1
        from changed
        where body <> 'STEERING' and not isempty(valid);
    end if;
    if tg_op = 'INSERT' then
        insert into office_told (position, recorded_at, organisation_id, person_id, valid, amount)
        select told_position, coalesce(told_at, seen.acted_at, now()), changed.organisation_id,
               changed.person_id, changed.valid, 1
        from changed
        left join change_seen seen on seen.change_id = changed.change_id
        where changed.body <> 'STEERING' and not isempty(changed.valid);
    end if;
    return null;
end;
$$;
