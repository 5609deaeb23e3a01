-- The lasting members of these unions who have one of these match keys. It goes through the
-- members of each union, and not through all who bear a name: of a common one there are thousands.
-- The plan is fixed, because an import asks while the register grows under it.
create or replace function members_named(p_unions uuid[], p_keys text[])
    returns table (organisation_id uuid, person_id uuid, name_key text, birth_date date,
                   birth_year smallint, has_number boolean)
    language sql stable
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_seqscan = off
begin atomic
    select member.organisation_id, member.person_id, person.name_key, person.birth_date,
           person.birth_year,
           exists (select from person_identity identity
                   where identity.person_id = member.person_id and identity.ended_at is null)
    from unnest(p_unions) as asked (organisation_id)
    join membership member on member.organisation_id = asked.organisation_id
                          and member.until_on is null
    join person on person.person_id = member.person_id
    -- Asked so, it is one look into a table of hashes for each member.
    where (person.name_key in (select unnest(p_keys))) is true;
end;
