-- What became of recommendations of officers; and by what delegates were chosen, on which occasion.
create table cadre_outcome
(
    person_id         uuid        not null,
    recommendation_id uuid        not null,
    -- membership.v1.CadrePurpose: planned, trained, appointed.
    outcome           smallint    not null,
    reached_on        date        not null,
    -- Whose recommendation it was.
    organisation_id   uuid        not null,
    -- The person's pseudonym for the purpose `cadre`, as published.
    subject           text        not null,
    act_id            uuid        not null,
    recorded_at       timestamptz not null default act_recorded_at(),

    constraint cadre_outcome_key primary key (person_id, recommendation_id, outcome),
    constraint cadre_outcome_code check (outcome between 1 and 3),
    constraint cadre_outcome_recommendation
        foreign key (person_id, recommendation_id) references cadre_recommendation
);
create index cadre_outcome_of on cadre_outcome (recommendation_id, outcome);

do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array['cadre_outcome'] loop
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

create index cadre_outcome_past_of on cadre_outcome_past (recommendation_id, outcome);

alter table delegation add column criteria text;
alter table delegation add column occasion text;
alter table delegation_past add column criteria text;
alter table delegation_past add column occasion text;
create or replace view delegation_known as
select tstzrange(recorded_at, null) as recorded, delegation_id, organisation_id, host_id, event,
       held_on, act_id, criteria, occasion
from delegation
union all
select tstzrange(recorded_at, replaced_at), delegation_id, organisation_id, host_id, event,
       held_on, act_id, criteria, occasion
from delegation_past;
