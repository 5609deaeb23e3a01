-- What is given to people in need. Sensitive: read with a permission of its own, and published under
-- a pseudonym.
create table welfare
(
    person_id       uuid        not null,
    -- One act for up to a thousand people.
    welfare_id      uuid        not null,
    -- Which gave it.
    organisation_id uuid        not null,
    -- Pseudonym for the purpose `welfare`.
    subject         text        not null,
    -- membership.v1.WelfareKind.
    kind            smallint    not null,
    -- A code of reference/welfare_occasions.csv, and one of reference/welfare_sources.csv.
    occasion        text        not null,
    source          text        not null,
    given_on        date        not null,
    -- Of a loan: by when it is to be paid back.
    due_on          date,
    amount_vnd      bigint      not null,
    decision_id     uuid,
    act_id          uuid        not null,
    recorded_at     timestamptz not null default act_recorded_at(),

    constraint welfare_key primary key (person_id, welfare_id),
    constraint welfare_kind check (kind between 1 and 4),
    constraint welfare_amount check (amount_vnd >= case when kind in (2, 3) then 1 else 0 end),
    constraint welfare_loan_is_paid_back check ((kind = 3) = (due_on is not null) and due_on > given_on)
);
create index welfare_id on welfare (welfare_id);
create index welfare_of_organisation on welfare (organisation_id, welfare_id, person_id);

do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array['welfare'] loop
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

create index welfare_past_id on welfare_past (welfare_id);
create index welfare_past_of_organisation on welfare_past (organisation_id, welfare_id, person_id);
create index welfare_past_of on welfare_past (person_id);
