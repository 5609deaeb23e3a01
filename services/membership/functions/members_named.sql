-- The lasting members of these unions who have one of these match keys. It goes through the
-- members of each union, and not through all who bear a name: of a common one there are thousands.
-- The plan is fixed, because an import asks while the register grows under it: what is known of a
-- table's size is old by then, and any plan but one look into an index for each union and for each
-- of its members goes through the whole register.
create or replace function members_named(p_unions uuid[], p_keys text[])
    returns table (organisation_id uuid, person_id uuid, name_key text, birth_date date,
                   birth_year smallint, has_number boolean)
    language sql stable
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_seqscan = off
    set enable_bitmapscan = off
    set enable_material = off
as $body$
    select asked.organisation_id, member.person_id, known.name_key, known.birth_date,
           known.birth_year,
           -- Asked so, it is found by the person: `exists` may be answered by a table of hashes of
           -- all numbers, and a condition on their end by the index of those that are somebody's now.
           coalesce((select bool_or(identity.ended_at is null) from person_identity identity
                     where identity.person_id = member.person_id), false)
    from unnest(p_unions) as asked (organisation_id)
    cross join lateral (
        select membership.person_id from membership
        where membership.organisation_id = asked.organisation_id and membership.until_on is null
        offset 0
    ) member
    cross join lateral (
        select person.name_key, person.birth_date, person.birth_year from person
        where person.person_id = member.person_id
        offset 0
    ) known
    -- Asked so, it is one look into a table of hashes for each member.
    where (known.name_key in (select unnest(p_keys))) is true;
$body$;
