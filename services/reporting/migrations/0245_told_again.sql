-- What changes in place is told once more, beside the tables that keep what is known now: each version
-- of it when it comes, and, with an amount below 0, when it is known otherwise. Each process of
-- reporting keeps these rows in memory, reads those that came since, and knows from them what was
-- known when. The tables themselves tell, so that nothing which writes them can forget to; rows of
-- before are told without an instant: they were known whenever anybody asks.

-- When a change of another service was recorded there.
alter table change_seen add column if not exists acted_at timestamptz;
-- When what tells of the subject was recorded.
alter table subject_fact add column if not exists recorded_at timestamptz;

-- Seats in bodies, but for steering committees, which are no offices of a union.
create table office_told
(
    -- Of registry's feed: the first after the one that was reached when it was written.
    position        bigint      not null,
    recorded_at        timestamptz,
    organisation_id uuid        not null,
    person_id       uuid        not null,
    valid           daterange   not null,
    -- 1 or -1.
    amount          smallint    not null
);
create index office_told_position on office_told (position);

create table employer_told
(
    -- Of registry's feed, as above.
    position    bigint      not null,
    recorded_at    timestamptz,
    employer_id uuid        not null,
    surveyed_on date        not null,
    surveyor_id uuid        not null,
    workforce   integer     not null,
    union_ids   uuid[]      not null,
    amount      smallint    not null
);
create index employer_told_position on employer_told (position);

-- Who is another, and who that is in turn.
create table person_merge_told
(
    -- Of membership's feed, as above.
    position  bigint      not null,
    recorded_at  timestamptz,
    person_id uuid        not null,
    root_id   uuid        not null,
    amount    smallint    not null
);
create index person_merge_told_position on person_merge_told (position);

-- By which rules the rating of a union and a year counts: of several, the last that was written.
create table rating_rules_told
(
    written                          bigint      not null generated always as identity,
    -- An act of this service's.
    act_id                           uuid        not null,
    recorded_at                         timestamptz,
    organisation_id                  uuid        not null,
    year                             integer     not null,
    eligible_after_months            integer     not null,
    eligible_after_succession_months integer     not null
);
create index rating_rules_told_act on rating_rules_told (act_id);
-- Those of everybody are not read.
create index rating_rules_told_other on rating_rules_told (organisation_id, year)
    where (eligible_after_months, eligible_after_succession_months) <> (12, 6);

create function tell_offices() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'registry'), 1);
    told_at timestamptz := coalesce(nullif(current_setting('congdoan.told_at', true), '')::timestamptz, now());
begin
    if tg_op <> 'INSERT' then
        insert into office_told (position, recorded_at, organisation_id, person_id, valid, amount)
        select told_position, told_at, organisation_id, person_id, valid, -1
        from earlier
        where body <> 'STEERING' and not isempty(valid);
    end if;
    if tg_op <> 'DELETE' then
        insert into office_told (position, recorded_at, organisation_id, person_id, valid, amount)
        select told_position, told_at, organisation_id, person_id, valid, 1
        from changed
        where body <> 'STEERING' and not isempty(valid);
    end if;
    return null;
end;
$$;

create function tell_employers() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'registry'), 1);
    told_at timestamptz := coalesce(nullif(current_setting('congdoan.told_at', true), '')::timestamptz, now());
begin
    if tg_op <> 'INSERT' then
        insert into employer_told (position, recorded_at, employer_id, surveyed_on, surveyor_id, workforce,
                                   union_ids, amount)
        select told_position, told_at, employer_id, surveyed_on, surveyor_id, workforce, union_ids, -1
        from earlier;
    end if;
    if tg_op <> 'DELETE' then
        insert into employer_told (position, recorded_at, employer_id, surveyed_on, surveyor_id, workforce,
                                   union_ids, amount)
        select told_position, told_at, employer_id, surveyed_on, surveyor_id, workforce, union_ids, 1
        from changed;
    end if;
    return null;
end;
$$;

create function tell_merges() returns trigger
    language plpgsql
as $$
declare
    told_position bigint := coalesce((select position + 1 from feed.follower where source = 'membership'), 1);
    told_at timestamptz := coalesce(nullif(current_setting('congdoan.told_at', true), '')::timestamptz, now());
begin
    if tg_op <> 'INSERT' then
        insert into person_merge_told (position, recorded_at, person_id, root_id, amount)
        select told_position, told_at, person_id, root_id, -1 from earlier;
    end if;
    if tg_op <> 'DELETE' then
        insert into person_merge_told (position, recorded_at, person_id, root_id, amount)
        select told_position, told_at, person_id, root_id, 1 from changed;
    end if;
    return null;
end;
$$;

create function tell_rating_rules() returns trigger
    language plpgsql
as $$
begin
    insert into rating_rules_told (act_id, recorded_at, organisation_id, year, eligible_after_months,
                                   eligible_after_succession_months)
    select act_id,
           coalesce(nullif(current_setting('congdoan.acted_at', true), '')::timestamptz, now()),
           organisation_id,
           year,
           eligible_after_months,
           eligible_after_succession_months
    from changed;
    return null;
end;
$$;

do $migration$
declare
    told record;
begin
    for told in
        select * from (values ('office', 'tell_offices'), ('employer_survey', 'tell_employers'),
                              ('person_merge', 'tell_merges')) as of (table_name, teller)
    loop
        execute format('create trigger tell_again_inserted after insert on %I referencing new table as changed
                        for each statement execute function %I()', told.table_name, told.teller);
        execute format('create trigger tell_again_updated after update on %I
                        referencing old table as earlier new table as changed
                        for each statement execute function %I()', told.table_name, told.teller);
        execute format('create trigger tell_again_deleted after delete on %I referencing old table as earlier
                        for each statement execute function %I()', told.table_name, told.teller);
    end loop;
    execute 'create trigger tell_again_inserted after insert on rating referencing new table as changed
             for each statement execute function tell_rating_rules()';
    execute 'create trigger tell_again_updated after update on rating referencing new table as changed
             for each statement execute function tell_rating_rules()';
end;
$migration$;

insert into office_told (position, organisation_id, person_id, valid, amount)
select coalesce((select position from feed.follower where source = 'registry'), 0),
       organisation_id, person_id, valid, 1
from office
where body <> 'STEERING' and not isempty(valid);

insert into employer_told (position, employer_id, surveyed_on, surveyor_id, workforce, union_ids, amount)
select coalesce((select position from feed.follower where source = 'registry'), 0),
       employer_id, surveyed_on, surveyor_id, workforce, union_ids, 1
from employer_survey;

insert into person_merge_told (position, person_id, root_id, amount)
select coalesce((select position from feed.follower where source = 'membership'), 0), person_id, root_id, 1
from person_merge;

insert into rating_rules_told (act_id, organisation_id, year, eligible_after_months,
                               eligible_after_succession_months)
select act_id, organisation_id, year, eligible_after_months, eligible_after_succession_months
from rating;

-- What is only added to is not to be touched by whoever adds to it.
do $migration$
declare
    kept text;
    holder text;
begin
    foreach kept in array array ['office_told', 'employer_told', 'person_merge_told', 'rating_rules_told']
    loop
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = kept::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke update, delete, truncate on %I from %s', kept, holder);
        end loop;
    end loop;
end;
$migration$;

-- Whom dissemination reached, each act that said so and each that takes it back. An activity and its
-- past know by which acts they came and went.
create index activity_act on activity (act_id);
create index activity_past_act on activity_past (act_id);
create index activity_past_replaced on activity_past (replaced_by);
create view activity_reached as
select act_id, recorded_at as recorded_at, organisation_id, held_on,
       members_reached::bigint + workers_reached as people, 1 as amount
from activity
where kind = 'DISSEMINATION'
union all
select act_id, recorded_at, organisation_id, held_on, members_reached::bigint + workers_reached, 1
from activity_past
where kind = 'DISSEMINATION'
union all
select replaced_by, replaced_at, organisation_id, held_on, members_reached::bigint + workers_reached, -1
from activity_past
where kind = 'DISSEMINATION';

-- Which acts were undone between two positions.
create index act_undone_position on act_undone (position);
