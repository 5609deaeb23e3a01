-- Tells what a statement has changed of seats in bodies (`office_told`): each version when it comes, and
-- once more, with an amount below 0, when it is known otherwise.
create or replace function tell_offices() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'registry'), 1);
    told_at timestamptz := coalesce(nullif(current_setting('congdoan.told_at', true), '')::timestamptz, now());
begin
    if tg_op <> 'INSERT' then
        insert into office_told (position, recorded_at, organisation_id, person_id, valid, amount)
        select told_position, told_at, organisation_id, person_id, valid, -1
        from earlier
        where body <> 'STEERING' and not isempty(valid);
    end if;
    if tg_op <> 'DELETE' then
        insert into office_told (position, recorded_at, organisation_id, person_id, valid, amount)
        select told_position, told_at, organisation_id, person_id, valid, 1
        from changed
        where body <> 'STEERING' and not isempty(valid);
    end if;
    return null;
end;
$$;
