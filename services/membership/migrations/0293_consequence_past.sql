-- What was known of consequences stays known: how far each was carried out, and why it waited, as it
-- was told at any instant. As with what is known of people (0200), the database itself keeps every
-- version that is replaced.
alter table consequence add column recorded_at timestamptz;
alter table consequence alter column recorded_at set default act_recorded_at();

create table consequence_past (replaced_at timestamptz not null, replaced_by uuid, like consequence);

create trigger recorded_anew before update on consequence
    for each row when (old.* is distinct from new.*) execute function recorded_anew();
create trigger keeps_past_of_updates after update on consequence
    referencing old table as old_rows new table as new_rows
    for each statement execute function keep_past();
create trigger keeps_past_of_deletes after delete on consequence
    referencing old table as old_rows
    for each statement execute function keep_past();
create trigger stays before update or delete or truncate on consequence_past
    for each statement execute function past_stays();

do $migration$
declare
    holder text;
begin
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'consequence_past'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format(
            'revoke insert, update, delete, truncate on consequence_past from %s', holder);
    end loop;
end;
$migration$;

-- What was written before a past was kept is known for as long as anybody knows.
create view consequence_known as
select tstzrange(recorded_at, null) as recorded, registry_act_id, organisation_id, kind,
       effective_on, to_organisation_id, members, finished_at, obstacle, undone_by
from consequence
union all
select tstzrange(recorded_at, replaced_at), registry_act_id, organisation_id, kind,
       effective_on, to_organisation_id, members, finished_at, obstacle, undone_by
from consequence_past;

create index consequence_past_of on consequence_past (registry_act_id, organisation_id, kind);
create index consequence_past_of_organisation on consequence_past (organisation_id);
create index consequence_passed_over_past_of_act
    on consequence_passed_over_past (registry_act_id, organisation_id);
