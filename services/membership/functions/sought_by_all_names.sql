-- People who have other names are looked for by each of them wherever they are by their own. All of it
-- is made anew for these people; those of these names that are not theirs any longer go.
create or replace function sought_by_all_names(p_persons uuid[], p_gone text[]) returns void
    language sql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
    delete from person_sought sought
    using unnest(p_persons) as asked (person_id), unnest(p_gone) as gone (name_key)
    where sought.name_backwards = name_backwards(gone.name_key)
      and sought.person_id = asked.person_id;
    insert into person_sought
    select name_backwards(named.name_key), coalesce(person.birth_year, 0), person.person_id,
           lying.organisation_id, person.sex
    from unnest(p_persons) as asked (person_id)
    join person on person.person_id = asked.person_id
    cross join lateral (
        select person.name_key
        union select alias.name_key from person_alias alias
              where alias.person_id = person.person_id
    ) named
    cross join lateral (
        select person.recorded_under as organisation_id
        union select membership.organisation_id from membership
              where membership.person_id = person.person_id
        union select application.organisation_id from application
              where application.person_id = person.person_id
    ) lying
    where named.name_key <> ''
    on conflict on constraint person_sought_key do update set sex = excluded.sex
        where person_sought.sex <> excluded.sex;
$body$;
