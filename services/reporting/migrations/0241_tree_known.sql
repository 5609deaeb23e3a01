-- What was known of the tree stays known: what every unit was, when and under whom, as it was told at
-- any instant. The tables of the tree keep what is known now; each version that is replaced goes to the
-- table's past, with the instants from which and until which it was known.

-- The instant of the last of registry's acts that was applied. Acts that waited for each other may
-- have been stamped in another order than that in which they stand in the feed: what is known at an
-- instant is the feed up to its first act that was recorded later, so that what an act found known is
-- never known after what it made of it.
create table tree_known
(
    only_row boolean     primary key default true check (only_row),
    known_at timestamptz not null default '-infinity'
)
with (fillfactor = 10);
insert into tree_known default values;

create function tree_recorded_at() returns timestamptz
    language sql stable
return coalesce(nullif(current_setting('congdoan.tree_recorded_at', true), '')::timestamptz,
                statement_timestamp());

create function tree_recorded_anew() returns trigger language plpgsql
as $$
begin
    if old.recorded_at is distinct from tree_recorded_at() then
        new.recorded_at := greatest(tree_recorded_at(), old.recorded_at + interval '1 microsecond');
    end if;
    return new;
end;
$$;

create function keep_tree_past() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'insert into %I.%I
         select greatest($1, was.recorded_at + interval ''1 microsecond''), was.*
         from (%s) was
         where was.recorded_at is distinct from $1',
        tg_table_schema, tg_table_name || '_past',
        case tg_op when 'DELETE' then 'select * from old_rows'
                   else 'select * from old_rows except all select * from new_rows' end)
    using public.tree_recorded_at();
    return null;
end;
$$;

do $migration$
declare
    of_tree text;
    past    text;
    holder  text;
begin
    foreach of_tree in array array ['organisation', 'edge', 'organisation_type', 'organisation_sector',
                                    'suspension']
    loop
        past := of_tree || '_past';
        -- Rows of before are known for as long as anybody knows.
        execute format('alter table %I add column recorded_at timestamptz', of_tree);
        execute format('alter table %I alter column recorded_at set default tree_recorded_at()', of_tree);
        execute format('create table %I (replaced_at timestamptz not null, like %I)', past, of_tree);
        execute format('create index %I on %I (organisation_id)', past || '_of', past);
        execute format(
            'create trigger recorded_anew before update on %I
             for each row when (old.* is distinct from new.*) execute function tree_recorded_anew()',
            of_tree);
        execute format(
            'create trigger keeps_past_of_updates after update on %I
             referencing old table as old_rows new table as new_rows
             for each statement execute function keep_tree_past()', of_tree);
        execute format(
            'create trigger keeps_past_of_deletes after delete on %I
             referencing old table as old_rows
             for each statement execute function keep_tree_past()', of_tree);
        -- What was known is only added to, and by the trigger alone, as the owner of the schema.
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = past::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke insert, update, delete, truncate on %I from %s', past, holder);
        end loop;
    end loop;
end;
$migration$;
