-- Who becomes a member, or applies, is found there, too.
create or replace function sought_where_lying() returns trigger
    language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
    insert into person_sought
    select name_backwards(named.name_key), coalesce(person.birth_year, 0), person.person_id,
           lying.organisation_id, person.sex
    from (select distinct person_id, organisation_id from written) lying
    join person on person.person_id = lying.person_id
    cross join lateral (
        select person.name_key
        union all select alias.name_key from person_alias alias
                  where alias.person_id = person.person_id
        offset 0
    ) named
    -- There she is looked for since she was written down; who was erased, nowhere.
    where person.recorded_under <> lying.organisation_id and named.name_key <> ''
    on conflict on constraint person_sought_key do nothing;
    return null;
end;
$$;
