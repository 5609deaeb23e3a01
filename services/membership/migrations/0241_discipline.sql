-- Steps of discipline. Sensitive: read with a permission of their own, and published under a
-- pseudonym.
create table discipline
(
    person_id         uuid        not null,
    -- One decision about up to a thousand people.
    discipline_id     uuid        not null,
    organisation_id   uuid        not null,
    -- Pseudonym for the purpose `discipline`.
    subject           text        not null,
    -- membership.v1.DisciplineMeasure.
    measure           smallint    not null,
    effective_on      date        not null,
    -- From when on it can be lifted, as the rule of its day says.
    lifts_on          date,
    decision_id       uuid,
    -- Of an expulsion: the exit, as it was first decided.
    exit_id           uuid,
    ended_on          date,
    -- membership.v1.DisciplineEnd.
    ended_as          smallint,
    ended_decision_id uuid,
    act_id            uuid        not null,
    recorded_at       timestamptz not null default act_recorded_at(),

    constraint discipline_key primary key (person_id, discipline_id),
    constraint discipline_measure check (measure in (1, 2, 3)),
    constraint discipline_expels_by_exit check ((measure = 3) = (exit_id is not null)),
    constraint discipline_ended
        check ((ended_on is null) = (ended_as is null) and ended_as in (1, 2)
               and ended_on >= effective_on)
);
create index discipline_id on discipline (discipline_id);
create index discipline_of_organisation on discipline (organisation_id, discipline_id, person_id);
create index discipline_exit on discipline (exit_id) where exit_id is not null;

do $migration$
declare
    columns text;
    holder  text;
begin
    create table discipline_past (replaced_at timestamptz not null, replaced_by uuid, like discipline);
    create trigger recorded_anew before update on discipline
        for each row when (old.* is distinct from new.*) execute function recorded_anew();
    create trigger keeps_past_of_updates after update on discipline
        referencing old table as old_rows new table as new_rows
        for each statement execute function keep_past();
    create trigger keeps_past_of_deletes after delete on discipline
        referencing old table as old_rows
        for each statement execute function keep_past();
    create trigger stays before update or delete or truncate on discipline_past
        for each statement execute function past_stays();
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'discipline_past'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format('revoke insert, update, delete, truncate on discipline_past from %s', holder);
    end loop;
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns
    from pg_attribute
    where attrelid = 'discipline'::regclass and attnum > 0 and not attisdropped
      and attname <> 'recorded_at';
    execute format(
        'create view discipline_known as
         select tstzrange(recorded_at, null) as recorded, %s from discipline
         union all
         select tstzrange(recorded_at, replaced_at), %s from discipline_past', columns, columns);
end;
$migration$;
create index discipline_past_of_organisation
    on discipline_past (organisation_id, discipline_id, person_id);
create index discipline_past_of on discipline_past (person_id);
