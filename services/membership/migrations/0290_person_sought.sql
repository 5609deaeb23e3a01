-- Where people are looked for by their names: each person at each organisation in whose scope she
-- ever lay, by her name without diacritics, written backwards. People here are told apart by the
-- last word of a name, the given one, and names of the country are few: so a name is looked for from
-- its end, and all of one name stand together, with what narrows them, in one index that need not be
-- left. Who has gone on is found here and passed over: where she lies now, the tables say.
--
-- It says nothing that they do not, so it has no past; the triggers below keep it, whoever writes.
create function name_backwards(p_name_key text) returns text
    language sql immutable
return reverse(' ' || translate(
    p_name_key, U&'\0111\0300\0301\0303\0309\0323\0302\0306\031B', 'd'));

create table person_sought
(
    -- nguyễn văn hoà: "aoh nav neyugn ". What is looked for is where it begins.
    name_backwards  text collate "C" not null,
    -- 0 where it is not known.
    birth_year      smallint         not null,
    person_id       uuid             not null,
    organisation_id uuid             not null,
    sex             smallint         not null,

    constraint person_sought_key primary key (name_backwards, birth_year, person_id, organisation_id)
        include (sex)
);

-- Who continues in an organisation, asked from above.
create index ending_heir on access.ending (heir_id);
-- Who had a number, as was known then.
create index person_identity_past_number on person_identity_past (blind_index);

create function sought_where_written() returns trigger
    language plpgsql
as $$
begin
    insert into person_sought
    select name_backwards(name_key), coalesce(birth_year, 0), person_id, recorded_under, sex
    from written;
    return null;
end;
$$;

create function sought_by_new_name() returns trigger
    language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
    with changed as (
        select new_rows.person_id, name_backwards(old_rows.name_key) as was,
               coalesce(old_rows.birth_year, 0) as was_born,
               name_backwards(new_rows.name_key) as is,
               coalesce(new_rows.birth_year, 0) as is_born, new_rows.sex
        from new_rows join old_rows using (person_id)
        where (old_rows.name_key, old_rows.birth_year, old_rows.sex)
              is distinct from (new_rows.name_key, new_rows.birth_year, new_rows.sex)
    ), moved as (
        delete from person_sought sought
        using changed
        where sought.name_backwards = changed.was and sought.birth_year = changed.was_born
          and sought.person_id = changed.person_id
        returning changed.person_id, changed.is, changed.is_born, changed.sex,
                  sought.organisation_id
    )
    insert into person_sought
    select moved.is, moved.is_born, moved.person_id, moved.organisation_id, moved.sex
    from moved
    on conflict on constraint person_sought_key do update set sex = excluded.sex;
    return null;
end;
$$;

create function sought_where_lying() returns trigger
    language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
    insert into person_sought
    select name_backwards(person.name_key), coalesce(person.birth_year, 0), person.person_id,
           lying.organisation_id, person.sex
    from (select distinct person_id, organisation_id from written) lying
    join person on person.person_id = lying.person_id
    -- There she is looked for since she was written down.
    where person.recorded_under <> lying.organisation_id
    on conflict on constraint person_sought_key do nothing;
    return null;
end;
$$;

insert into person_sought
select name_backwards(name_key), coalesce(birth_year, 0), person_id, organisation_id, sex
from person
join (select person_id, recorded_under as organisation_id from person
      union select person_id, organisation_id from membership
      union select person_id, organisation_id from application) lying using (person_id);

create trigger sought_where_written after insert on person referencing new table as written
    for each statement execute function sought_where_written();
create trigger sought_by_new_name after update on person
    referencing old table as old_rows new table as new_rows
    for each statement execute function sought_by_new_name();
create trigger sought_where_lying after insert on membership referencing new table as written
    for each statement execute function sought_where_lying();
create trigger sought_where_lying after insert on application referencing new table as written
    for each statement execute function sought_where_lying();
create trigger stays_where_sought before update of organisation_id on membership
    for each row when (old.organisation_id <> new.organisation_id) execute function keep_id();
create trigger stays_where_sought before update of organisation_id on application
    for each row when (old.organisation_id <> new.organisation_id) execute function keep_id();
create trigger stays_where_sought before update of recorded_under on person
    for each row when (old.recorded_under <> new.recorded_under) execute function keep_id();
