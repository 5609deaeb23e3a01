-- Two people in the register who are one person: a link from the one to the other, who survives.
-- Nothing that was recorded of either is written anew; what somebody is counted as follows from what
-- was decided of both, as from what was decided of one. Whoever takes the link away has two again.
create table person_merge
(
    -- Who is found to be somebody else.
    person_id   uuid        not null,
    -- Who she is.
    survivor_id uuid        not null,
    -- Who that is in turn, where the survivor was merged since: the survivor herself otherwise.
    root_id     uuid        not null,
    -- The merge. Its id tells which decisions came before it.
    merge_id    uuid        not null,
    decision_id uuid,
    act_id      uuid        not null,
    recorded_at timestamptz not null default act_recorded_at(),

    constraint person_merge_key primary key (person_id),
    constraint person_merge_of_two check (person_id <> survivor_id and person_id <> root_id)
);
create index person_merge_root on person_merge (root_id, person_id);
create index person_merge_survivor on person_merge (survivor_id);

-- Two who may be one person, as long as nobody has said otherwise.
create table duplicate_candidate
(
    -- The one with the lower id.
    person_id       uuid        not null,
    other_id        uuid        not null,
    -- membership.v1.DuplicateReason.
    reason          smallint    not null,
    -- The union in which both were found.
    organisation_id uuid        not null,
    -- Why they are two, where somebody has said so.
    dismissed       text,
    act_id          uuid        not null,
    recorded_at     timestamptz not null default act_recorded_at(),

    constraint duplicate_candidate_key primary key (person_id, other_id),
    constraint duplicate_candidate_pair check (person_id < other_id),
    constraint duplicate_candidate_dismissed check (length(dismissed) between 1 and 1000)
);
create index duplicate_candidate_other on duplicate_candidate (other_id);
create index duplicate_candidate_of_organisation
    on duplicate_candidate (organisation_id, person_id, other_id) where dismissed is null;

do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array['person_merge', 'duplicate_candidate'] loop
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
create index person_merge_past_of on person_merge_past (person_id);
create index person_merge_past_root on person_merge_past (root_id);
create index duplicate_candidate_past_of on duplicate_candidate_past (person_id);

-- Whoever was merged is a member through the survivor only.
create function members_survive() returns trigger
    language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
    if exists (select from written
               cross join lateral (select from person_merge
                                   where person_merge.person_id = written.person_id
                                   offset 0) merged) then
        raise exception 'a membership is of somebody who was merged'
            using errcode = 'integrity_constraint_violation', table = 'membership',
                  constraint = 'membership_of_survivor';
    end if;
    return null;
end;
$$;
create trigger members_survive after insert on membership referencing new table as written
    for each statement execute function members_survive();
