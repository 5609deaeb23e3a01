-- Two times: what is known now stays in the tables as they are, and what was known before is kept
-- beside them. Each table about people has a past of the same columns, to which every version goes
-- that an update or a delete replaces, with the instant and the act that replaced it; no statement
-- has to remember to do so. A view has both, each version with when it was known (`recorded`): that
-- is what a read with `known_at` asks. What is known of two days for one thing, constraints go on
-- holding for what is known now.
create function act_recorded_at() returns timestamptz
    language sql stable
return coalesce(nullif(current_setting('congdoan.acted_at', true), '')::timestamptz,
                statement_timestamp());

create function recorded_anew() returns trigger
    language plpgsql
as $$
declare
    acted_at timestamptz := public.act_recorded_at();
begin
    if old.recorded_at is distinct from acted_at then
        new.recorded_at := greatest(acted_at, old.recorded_at + interval '1 microsecond');
    end if;
    return new;
end;
$$;

create function keep_past() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    acted_at timestamptz := public.act_recorded_at();
    act_id   uuid := nullif(current_setting('congdoan.act_id', true), '')::uuid;
    replaced text := case tg_op when 'DELETE' then 'select * from old_rows'
                     else 'select * from old_rows except all select * from new_rows' end;
begin
    if not exists (select from old_rows) then
        return null;
    end if;
    execute format(
        'insert into %I.%I
         select greatest($1, was.recorded_at + interval ''1 microsecond''), $2, was.*
         from (%s) was
         where was.recorded_at is distinct from $1',
        tg_table_schema, tg_table_name || '_past', replaced)
    using acted_at, act_id;
    return null;
end;
$$;

create function past_stays() returns trigger
    language plpgsql
as $$
begin
    raise exception 'what was known stays known: % is only added to', tg_table_name
        using errcode = 'restrict_violation';
end;
$$;

-- When the version that is known now was recorded. Empty in rows of before: a membership was
-- recorded with the movement that began or ended it, the others as long as anybody knows.
alter table person_contact add column recorded_at timestamptz;
alter table membership add column recorded_at timestamptz;
alter table training_attendance add column recorded_at timestamptz;
alter table delegate add column recorded_at timestamptz;
alter table consequence_passed_over add column recorded_at timestamptz;
alter table person_contact alter column recorded_at set default act_recorded_at();
alter table membership alter column recorded_at set default act_recorded_at();
alter table training_attendance alter column recorded_at set default act_recorded_at();
alter table delegate alter column recorded_at set default act_recorded_at();
alter table consequence_passed_over alter column recorded_at set default act_recorded_at();

-- `replaced_at` and `replaced_by` stand first, so that a column that is added to a table and to its
-- past is the last of both. `replaced_by` is empty where a program of before replaced it.
do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array[
        'person', 'person_identity', 'person_contact', 'membership', 'application',
        'training_course', 'training_attendance', 'party_referral', 'cadre_recommendation',
        'delegation', 'delegate', 'movement_taken_back', 'consequence_passed_over'] loop
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
        continue when of_people = 'membership';
        execute format(
            'create view %I as
             select tstzrange(recorded_at, null) as recorded, %s from %I
             union all
             select tstzrange(recorded_at, replaced_at), %s from %I',
            of_people || '_known', columns, of_people, columns, past);
    end loop;
end;
$migration$;

-- A stay that had ended before pasts were kept was known as one that lasts until its end was
-- recorded.
create view membership_known as
select tstzrange(coalesce(recorded_at, (select max(movement.recorded_at) from movement
                                        where movement_id in (begun_by, ended_by))),
                 null) as recorded,
       person_id, membership_id, organisation_id, from_on, until_on, begun_by, ended_by
from membership
union all
select tstzrange(coalesce(recorded_at, (select least(max(movement.recorded_at), replaced_at)
                                        from movement
                                        where movement_id in (begun_by, ended_by))),
                 replaced_at),
       person_id, membership_id, organisation_id, from_on, until_on, begun_by, ended_by
from membership_past
union all
select tstzrange(begun.recorded_at, ended.recorded_at),
       person_id, membership_id, organisation_id, from_on, null, begun_by, null
from membership stay
join movement begun on begun.movement_id = begun_by
join movement ended on ended.movement_id = ended_by
where stay.recorded_at is null and begun.recorded_at < ended.recorded_at
union all
select tstzrange(begun.recorded_at, ended.recorded_at),
       person_id, membership_id, organisation_id, from_on, null, begun_by, null
from membership_past stay
join movement begun on begun.movement_id = begun_by
join movement ended on ended.movement_id = ended_by
where stay.recorded_at is null and begun.recorded_at < ended.recorded_at;

create index person_past_of on person_past (person_id);
create index person_identity_past_of on person_identity_past (person_id);
create index person_contact_past_of on person_contact_past (person_id);
create index membership_past_of on membership_past (person_id);
create index membership_past_of_organisation on membership_past (organisation_id, person_id);
create index application_past_of on application_past (person_id);
create index application_past_id on application_past (application_id);
create index application_past_of_organisation
    on application_past (organisation_id, application_id);
create index training_course_past_id on training_course_past (course_id);
create index training_course_past_of on training_course_past (organisation_id, course_id);
create index training_attendance_past_of on training_attendance_past (course_id);
create index party_referral_past_of on party_referral_past (organisation_id, referral_id);
create index cadre_recommendation_past_of
    on cadre_recommendation_past (organisation_id, recommendation_id);
create index delegation_past_id on delegation_past (delegation_id);
create index delegate_past_of on delegate_past (delegation_id);
create index movement_taken_back_past_of on movement_taken_back_past (person_id);
create index consequence_passed_over_past_of on consequence_passed_over_past (person_id);
