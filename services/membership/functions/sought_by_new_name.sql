-- Whose name, birth or sex is corrected is found by what is known now.
create or replace function sought_by_new_name() returns trigger
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
    -- Of whom everything was erased has no name.
    where moved.is <> ' '
    on conflict on constraint person_sought_key do update set sex = excluded.sex;
    -- By their other names people are found with the same birth and sex.
    perform sought_by_all_names(array_agg(distinct alias.person_id), array_agg(alias.name_key))
    from new_rows join old_rows using (person_id)
    join person_alias alias using (person_id)
    where (old_rows.name_key, old_rows.birth_year, old_rows.sex)
          is distinct from (new_rows.name_key, new_rows.birth_year, new_rows.sex)
    having count(*) > 0;
    return null;
end;
$$;
