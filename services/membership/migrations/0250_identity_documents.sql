-- A person has several documents that identify her, each with the days on which it is valid. Their
-- numbers stay hers when they are valid no longer: `ended_at` goes on to say that a number was never
-- hers, and is free. What is not known, as of everybody who was written down before, is null.
alter table person_identity
    add column from_on   date,
    -- The first day on which it is valid no longer.
    add column until_on  date,
    -- membership.v1.DocumentEnd, where it did not run out by itself.
    add column ended_as  smallint,
    -- The blind index of the document in its place.
    add column successor bytea;
alter table person_identity_past
    add column from_on   date,
    add column until_on  date,
    add column ended_as  smallint,
    add column successor bytea;
alter table person_identity
    add constraint person_identity_days check (until_on > from_on) not valid,
    add constraint person_identity_ended
        check (ended_as is null or ended_as in (1, 2, 3) and until_on is not null) not valid;
alter table person_identity validate constraint person_identity_days;
alter table person_identity validate constraint person_identity_ended;

create or replace view person_identity_known as
select tstzrange(recorded_at, null) as recorded, blind_index, person_id, kind, country, key_version,
       ciphertext, ended_at, from_on, until_on, ended_as, successor
from person_identity
union all
select tstzrange(recorded_at, replaced_at), blind_index, person_id, kind, country, key_version,
       ciphertext, ended_at, from_on, until_on, ended_as, successor
from person_identity_past;
