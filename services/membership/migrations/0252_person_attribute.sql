-- What more is known of people, each from a day on until the day of the next.
create table person_attribute
(
    person_id   uuid        not null,
    -- membership.v1.PersonAttribute, of those that are not sensitive.
    attribute   smallint    not null,
    from_on     date        not null,
    -- Empty: nothing is known from that day on.
    value       text        not null,
    decision_id uuid,
    act_id      uuid        not null,
    recorded_at timestamptz not null default act_recorded_at(),

    constraint person_attribute_key primary key (person_id, attribute, from_on),
    constraint person_attribute_value check (length(value) <= 100)
);

-- What is sensitive stands apart, and sealed: whoever reads the database, or a copy of it, reads of
-- nobody what she believes in.
create table person_sensitive
(
    person_id   uuid        not null,
    attribute   smallint    not null,
    from_on     date        not null,
    key_version integer     not null,
    -- The value, of one length for all: nonce, then AES-256-GCM-SIV.
    ciphertext  bytea       not null,
    decision_id uuid,
    act_id      uuid        not null,
    recorded_at timestamptz not null default act_recorded_at(),

    constraint person_sensitive_key primary key (person_id, attribute, from_on)
);

create table person_email
(
    person_id   uuid        not null,
    key_version integer     not null,
    -- Nonce, then AES-256-GCM-SIV.
    ciphertext  bytea       not null,
    recorded_at timestamptz not null default act_recorded_at(),

    constraint person_email_key primary key (person_id)
);

do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array['person_attribute', 'person_sensitive', 'person_email'] loop
        past := of_people || '_past';
        execute format(
            'create table %I (replaced_at timestamptz not null, replaced_by uuid, like %I)',
            past, of_people);
        execute format(
            'create trigger recorded_anew before update on %I
             for each row when (old.* is distinct from new.*) execute function recorded_anew()',
            of_people);
        execute format(
            'create trigger keeps_past_of_updates after update on %I
             referencing old table as old_rows new table as new_rows
             for each statement execute function keep_past()', of_people);
        execute format(
            'create trigger keeps_past_of_deletes after delete on %I
             referencing old table as old_rows
             for each statement execute function keep_past()', of_people);
        execute format(
            'create trigger stays before update or delete or truncate on %I
             for each statement execute function past_stays()', past);
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = past::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke insert, update, delete, truncate on %I from %s', past, holder);
        end loop;
        select string_agg(quote_ident(attname), ', ' order by attnum) into columns
        from pg_attribute
        where attrelid = of_people::regclass and attnum > 0 and not attisdropped
          and attname <> 'recorded_at';
        execute format(
            'create view %I as
             select tstzrange(recorded_at, null) as recorded, %s from %I
             union all
             select tstzrange(recorded_at, replaced_at), %s from %I',
            of_people || '_known', columns, of_people, columns, past);
        execute format('create index %I on %I (person_id)', past || '_of', past);
    end loop;
end;
$migration$;
