-- Labour disputes and collective matters as cases, with the members whom they concern.
create table dispute_case
(
    case_id               uuid        not null,
    -- Which takes part in it.
    organisation_id       uuid        not null,
    -- membership.v1.DisputeKind.
    kind                  smallint    not null,
    -- Codes of reference/dispute_topics.csv.
    topics                text[]      not null,
    -- How many people it concerns, named or not.
    people_concerned      integer     not null,
    opened_on             date        not null,
    concluded_on          date,
    -- membership.v1.DisputeOutcome.
    outcome               smallint,
    decision_id           uuid,
    concluded_decision_id uuid,
    act_id                uuid        not null,
    recorded_at           timestamptz not null default act_recorded_at(),

    constraint dispute_case_key primary key (case_id),
    constraint dispute_case_kind check (kind between 1 and 4),
    constraint dispute_case_people check (people_concerned > 0),
    constraint dispute_case_concluded
        check ((concluded_on is null) = (outcome is null) and outcome between 1 and 6
               and concluded_on >= opened_on)
);
create index dispute_case_of_organisation on dispute_case (organisation_id, case_id);

create table dispute_case_person
(
    person_id   uuid        not null,
    case_id     uuid        not null,
    recorded_at timestamptz not null default act_recorded_at(),

    constraint dispute_case_person_key primary key (person_id, case_id),
    constraint dispute_case_person_case foreign key (case_id) references dispute_case
);
create index dispute_case_person_of on dispute_case_person (case_id, person_id);

do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array['dispute_case', 'dispute_case_person'] loop
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

create index dispute_case_past_id on dispute_case_past (case_id);
create index dispute_case_past_of_organisation on dispute_case_past (organisation_id, case_id);
create index dispute_case_person_past_of on dispute_case_person_past (case_id, person_id);
