-- Titles, awards and initiatives of people, and emulation movements with those who take part.
create table honour
(
    person_id         uuid        not null,
    -- One decision about up to a thousand people.
    honour_id         uuid        not null,
    -- Whose person she was honoured as.
    organisation_id   uuid        not null,
    -- A code of reference/honours.csv, and one of reference/honour_levels.csv.
    kind              text        not null,
    level             text        not null,
    -- Who honoured her: an organisation of the trade union, or somebody else by name.
    issuer_id         uuid,
    issuer_name       text,
    honoured_on       date        not null,
    -- Whether she worked directly in production then.
    direct_production boolean     not null,
    -- Of an initiative, which may have several authors.
    initiative_id     uuid,
    title             text,
    decision_id       uuid,
    act_id            uuid        not null,
    recorded_at       timestamptz not null default act_recorded_at(),

    constraint honour_key primary key (person_id, honour_id),
    constraint honour_issuer check ((issuer_id is null) <> (issuer_name is null)),
    constraint honour_initiative check ((initiative_id is null) = (title is null)),
    constraint honour_once unique nulls not distinct (person_id, kind, level, honoured_on, title)
);
create index honour_id on honour (honour_id);
create index honour_of_organisation on honour (organisation_id, honour_id, person_id);

-- An emulation movement, launched by an organisation for its own people and those below it.
create table emulation
(
    emulation_id    uuid        not null,
    organisation_id uuid        not null,
    -- A code of reference/emulations.csv.
    theme           text        not null,
    title           text        not null,
    from_on         date        not null,
    -- The last day.
    through_on      date        not null,
    decision_id     uuid,
    act_id          uuid        not null,
    recorded_at     timestamptz not null default act_recorded_at(),

    constraint emulation_key primary key (emulation_id),
    constraint emulation_days check (from_on <= through_on)
);
create index emulation_of_organisation on emulation (organisation_id, emulation_id);

create table emulation_participant
(
    person_id       uuid        not null,
    emulation_id    uuid        not null,
    -- For which organisation she takes part.
    organisation_id uuid        not null,
    joined_on       date        not null,
    act_id          uuid        not null,
    recorded_at     timestamptz not null default act_recorded_at(),

    constraint emulation_participant_key primary key (person_id, emulation_id),
    constraint emulation_participant_emulation foreign key (emulation_id) references emulation
);
create index emulation_participant_of on emulation_participant (emulation_id, person_id);

do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array['honour', 'emulation', 'emulation_participant'] loop
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
    end loop;
end;
$migration$;

create index honour_past_id on honour_past (honour_id);
create index honour_past_of_organisation on honour_past (organisation_id, honour_id, person_id);
create index emulation_past_id on emulation_past (emulation_id);
create index emulation_past_of_organisation on emulation_past (organisation_id, emulation_id);
create index emulation_participant_past_of on emulation_participant_past (emulation_id, person_id);
