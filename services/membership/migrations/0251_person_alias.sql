-- Other names by which a person is or was known.
create table person_alias
(
    person_id   uuid        not null,
    alias_id    uuid        not null,
    -- As it is written.
    name        text        not null,
    -- For comparing, as person.name_key.
    name_key    text        not null,
    from_on     date,
    -- The first day on which she was not called so any longer.
    until_on    date,
    act_id      uuid        not null,
    recorded_at timestamptz not null default act_recorded_at(),

    constraint person_alias_key primary key (person_id, alias_id),
    constraint person_alias_once unique (person_id, name_key),
    constraint person_alias_days check (until_on > from_on)
);

do $migration$
declare
    columns text;
    holder  text;
begin
    create table person_alias_past (replaced_at timestamptz not null, replaced_by uuid, like person_alias);
    create trigger recorded_anew before update on person_alias
        for each row when (old.* is distinct from new.*) execute function recorded_anew();
    create trigger keeps_past_of_updates after update on person_alias
        referencing old table as old_rows new table as new_rows
        for each statement execute function keep_past();
    create trigger keeps_past_of_deletes after delete on person_alias
        referencing old table as old_rows
        for each statement execute function keep_past();
    create trigger stays before update or delete or truncate on person_alias_past
        for each statement execute function past_stays();
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'person_alias_past'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format('revoke insert, update, delete, truncate on person_alias_past from %s', holder);
    end loop;
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns
    from pg_attribute
    where attrelid = 'person_alias'::regclass and attnum > 0 and not attisdropped
      and attname <> 'recorded_at';
    execute format(
        'create view person_alias_known as
         select tstzrange(recorded_at, null) as recorded, %s from person_alias
         union all
         select tstzrange(recorded_at, replaced_at), %s from person_alias_past', columns, columns);
end;
$migration$;
create index person_alias_past_of on person_alias_past (person_id);

-- She is looked for by them where she is looked for by her name.
create function sought_by_alias() returns trigger
    language plpgsql
as $$
begin
    if tg_op = 'DELETE' then
        perform sought_by_all_names(array_agg(distinct person_id), array_agg(name_key))
        from old_rows having count(*) > 0;
    else
        perform sought_by_all_names(array_agg(distinct person_id), '{}')
        from new_rows having count(*) > 0;
    end if;
    return null;
end;
$$;
create trigger sought_by_alias after insert on person_alias referencing new table as new_rows
    for each statement execute function sought_by_alias();
create trigger sought_by_alias_gone after delete on person_alias referencing old table as old_rows
    for each statement execute function sought_by_alias();
create trigger stays before update of person_id, name_key on person_alias
    for each row when (old.person_id <> new.person_id or old.name_key <> new.name_key)
    execute function keep_id();
