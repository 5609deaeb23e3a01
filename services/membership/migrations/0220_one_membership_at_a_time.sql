-- What a row about a person must keep to, looked at once for all the rows of a statement, as it
-- ends: as registry does with what is known of its organisations. Row by row, in a GiST index and
-- by five foreign keys, whoever took in a province spent half of the time on it.

-- Persons and movements are never deleted and keep their ids, and so do organisations.
create function keep_id() returns trigger
    language plpgsql
as $$
begin
    raise exception 'what others name by its id stays'
        using errcode = 'restrict_violation', table = tg_table_name;
end;
$$;
do $migration$
declare
    named record;
begin
    for named in
        select * from (values ('person', 'person_id'), ('movement', 'movement_id'),
                              ('organisation', 'organisation_id')) as named (relation, id)
    loop
        execute format(
            'create trigger stays before delete or update of %2$I on %1$I
             for each row execute function keep_id()', named.relation, named.id);
        execute format(
            'create trigger all_stay before truncate on %1$I
             for each statement execute function keep_id()', named.relation);
    end loop;
end;
$migration$;

-- Whoever a row names is there. As none ever goes, to have looked once is to know it for good,
-- and nothing needs to be locked. One index descent for each row, whatever the first statement of
-- a session was like: the plan is made once.
do $migration$
declare
    naming record;
begin
    for naming in
        select * from (values ('person_identity', 'person_identity_person'),
                              ('person_contact', 'person_contact_person')) as naming (relation, reference)
    loop
        execute format('alter table %I drop constraint %I', naming.relation, naming.reference);
        execute format($function$
            create function %2$I() returns trigger language plpgsql
                set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
            as $body$
            begin
                if exists (select from written
                           where not exists (select from person
                                             where person.person_id = written.person_id)) then
                    raise exception 'a row is about nobody'
                        using errcode = 'foreign_key_violation', table = %1$L, constraint = %2$L;
                end if;
                return null;
            end;
            $body$
            $function$, naming.relation, naming.reference);
        execute format(
            'create trigger about_somebody after insert on %1$I referencing new table as written
             for each statement execute function %2$I()', naming.relation, naming.reference);
        execute format(
            'create trigger stays before update of person_id on %1$I
             for each row execute function keep_id()', naming.relation);
    end loop;
end;
$migration$;

-- A number is looked up by its blind index among those that are somebody's now, which one index
-- says; and by whose it is, which is what the key begins with.
alter table person_identity drop constraint person_identity_key;
alter table person_identity add constraint person_identity_key primary key (person_id, blind_index);
drop index person_identity_of;

-- At most one membership on any day: no two stays of a person begin on one day, which a unique
-- index says, and none that is written lies over another, which is asked while she is locked.
-- Whoever else writes of her waits, and then sees it; that takes READ COMMITTED. A person whom
-- this transaction has written down is seen by nobody else, and need not be locked.
alter table membership
    drop constraint membership_person,
    drop constraint membership_organisation,
    drop constraint membership_begun_by,
    drop constraint membership_ended_by,
    drop constraint membership_one_at_a_time,
    add constraint membership_days check (until_on >= from_on);
create unique index membership_one_at_a_time on membership (person_id, from_on)
    where until_on is null or until_on > from_on;

create function membership_apart() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'memberships are written at READ COMMITTED'
            using errcode = 'invalid_transaction_state';
    end if;
    perform from person
    where person_id in (select person_id from written) and xmin <> pg_current_xact_id()::xid
    order by person_id
    for no key update;
    if exists (select from written
               where not exists (select from person where person.person_id = written.person_id))
    then
        raise exception 'a membership is of nobody'
            using errcode = 'foreign_key_violation', table = 'membership',
                  constraint = 'membership_person';
    end if;
    if exists (select from (select distinct organisation_id from written) named
               where not exists (select from organisation
                                 where organisation.organisation_id = named.organisation_id))
    then
        raise exception 'a membership is in no organisation'
            using errcode = 'foreign_key_violation', table = 'membership',
                  constraint = 'membership_organisation';
    end if;
    if exists (select from (select begun_by from written
                            union select ended_by from written where ended_by is not null) named
               where not exists (select from movement where movement_id = named.begun_by))
    then
        raise exception 'a membership begins or ends by no movement'
            using errcode = 'foreign_key_violation', table = 'membership',
                  constraint = 'membership_by_movement';
    end if;
    if exists (select from written
               join membership held on held.person_id = written.person_id
               where held.membership_id <> written.membership_id
                 and (written.until_on is null or written.until_on > written.from_on)
                 and (held.until_on is null or held.until_on > held.from_on)
                 and (written.until_on is null or held.from_on < written.until_on)
                 and (held.until_on is null or written.from_on < held.until_on))
    then
        raise exception 'somebody has two memberships at a time'
            using errcode = 'exclusion_violation', table = 'membership',
                  constraint = 'membership_one_at_a_time';
    end if;
    return null;
end;
$body$;
create trigger apart after insert on membership referencing new table as written
    for each statement execute function membership_apart();
create trigger apart_still after update on membership referencing new table as written
    for each statement execute function membership_apart();
create trigger stays before update of person_id, membership_id on membership
    for each row execute function keep_id();
