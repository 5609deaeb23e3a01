-- Tells of which units a statement has changed what places them (`unit_told`): on behalf of each
-- table that does, so that nothing which writes it can forget to.
create or replace function tell_units() returns trigger
    language plpgsql
as $$
begin
    insert into unit_told (position, organisation_id)
    select coalesce((select position + 1 from feed.follower where source = 'registry'), 1), told.organisation_id
    from (select distinct changed.organisation_id from changed) told
    on conflict do nothing;
    return null;
end;
$$;
