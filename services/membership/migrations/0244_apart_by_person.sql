-- People can be distributed over several databases by their ids, as was tried on Citus: what is known
-- of a person lies together, and what is known of everybody lies everywhere.
--
-- Apart by person: every table with `person_id`; it begins their keys. A foreign key leads from
-- there to `person`, or to what lies everywhere, and a statement on several people takes no lock but
-- by `lock_people`.
-- Apart by the blind index of a number: `person_identity`, which is looked up by it. That a number is
-- one person's, `identity_number_taken`, can be kept there only if the table is: its key, by person,
-- then is not unique over all databases, and `person_identity_person` is a look from one place
-- into another.
-- Apart by an import: `member_import_line` and `member_import_batch`, which name people and are not
-- about them.
-- Apart by themselves, and looked up by their ids only: `movement`, `correction`. What names them from
-- a person's tables is looked at by triggers, none of which Citus runs where the tables are apart,
-- unless it is told to (`citus.enable_unsafe_triggers`) and the two lie together: `membership_by_movement`,
-- `movement_taken_back_movement` and, within `movement`, `movement_corrects` and `movement_restates` cannot be
-- kept there. Movements never go, so that to have looked once, in the act, is enough.
-- Everywhere (reference tables): `organisation` and all that registry tells, `decision`,
-- `training_course`, `delegation` and what else is one for many people.
-- Kept as they are: one membership at a time (by person, an index and a look at her own rows), one
-- application at a time (an exclusion by person), what a row may say by itself.
--
-- A test holds the schema to that: tests/membership/apart_by_person.rs.

alter table movement_taken_back drop constraint movement_taken_back_movement;

create function taken_back_movement() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
begin
    if exists (select from (select distinct movement_id from written) named
               where not exists (select from movement
                                 where movement.movement_id = named.movement_id))
    then
        raise exception 'what is taken back is no movement'
            using errcode = 'foreign_key_violation', table = 'movement_taken_back',
                  constraint = 'movement_taken_back_movement';
    end if;
    return null;
end;
$body$;
create trigger of_a_movement after insert on movement_taken_back referencing new table as written
    for each statement execute function taken_back_movement();
create trigger stays before update of movement_id on movement_taken_back
    for each row execute function keep_id();
