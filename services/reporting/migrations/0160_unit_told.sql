-- Of which units something changed that places them: each process of reporting keeps the tree in
-- memory, and reads these anew. The tables themselves tell, so that nothing which writes them can
-- forget to.
create table unit_told
(
    -- Of registry's feed: the first after the one that was reached when it was written.
    position        bigint not null,
    organisation_id uuid   not null,
    primary key (position, organisation_id)
);

create function tell_units() returns trigger language plpgsql
as $$
begin
    insert into unit_told (position, organisation_id)
    select coalesce((select position + 1 from feed.follower where source = 'registry'), 1), told.organisation_id
    from (select distinct changed.organisation_id from changed) told
    on conflict do nothing;
    return null;
end;
$$;

do $migration$
declare
    of_units text;
begin
    foreach of_units in array array ['organisation', 'edge', 'organisation_type', 'organisation_sector',
                                    'suspension']
    loop
        execute format('create trigger tell_inserted after insert on %I referencing new table as changed
                        for each statement execute function tell_units()', of_units);
        execute format('create trigger tell_updated after update on %I referencing new table as changed
                        for each statement execute function tell_units()', of_units);
        execute format('create trigger tell_deleted after delete on %I referencing old table as changed
                        for each statement execute function tell_units()', of_units);
    end loop;
end;
$migration$;
