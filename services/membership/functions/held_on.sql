-- All that is held on a person: every row of every table that has her in it, now and of before, whichever
-- tables there are; with the movements, the courses and the delegations that they belong to, what was
-- corrected of her, and what lines of files said that may have been about her. What is sealed is sealed
-- still. An index of names says nothing that the tables do not.
create or replace function held_on(p_person uuid)
    returns table (relation text, recorded_at timestamptz, replaced_at timestamptz, content jsonb)
    language plpgsql stable
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    about record;
begin
    for about in
        select owner.relname::text as name,
               exists (select from pg_attribute
                       where attrelid = owner.oid and attname = 'recorded_at' and not attisdropped)
                   as is_dated,
               to_regclass(format('public.%I', owner.relname || '_past')) is not null as has_past
        from pg_attribute named
        join pg_class owner on owner.oid = named.attrelid
        where named.attname = 'person_id' and not named.attisdropped and owner.relkind = 'r'
          and owner.relnamespace = 'public'::regnamespace
          and owner.relname !~ '_past$' and owner.relname <> 'person_sought'
    loop
        return query execute format(
            'select $2, %s, null::timestamptz, to_jsonb(held)
             from public.%I held where held.person_id = $1',
            case when about.is_dated then 'held.recorded_at' else 'null::timestamptz' end, about.name)
        using p_person, about.name;
        if about.has_past then
            return query execute format(
                'select $2, held.recorded_at, held.replaced_at,
                        to_jsonb(held) - array[''replaced_at'', ''replaced_by'']
                 from public.%I held where held.person_id = $1', about.name || '_past')
            using p_person, about.name;
        end if;
    end loop;
    return query
    select 'member_import_line', null::timestamptz, null::timestamptz, to_jsonb(held)
    from member_import_line held
    where held.candidate_for = p_person and held.person_id is distinct from p_person
    union all
    select 'correction', held.recorded_at, null, to_jsonb(held)
    from correction held
    where held.about_id = p_person
    union all
    select 'movement', held.recorded_at, null, to_jsonb(held)
    from movement held
    where held.movement_id in (select begun_by from membership where person_id = p_person
                               union select ended_by from membership
                                     where person_id = p_person and ended_by is not null)
    union all
    select 'training_course', held.recorded_at, null, to_jsonb(held)
    from training_course held
    where held.course_id in (select course_id from training_attendance where person_id = p_person)
    union all
    select 'delegation', held.recorded_at, null, to_jsonb(held)
    from delegation held
    where held.delegation_id in (select delegation_id from delegate where person_id = p_person);
end;
$$;
