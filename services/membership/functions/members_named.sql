-- The lasting members of these unions who have one of these match keys. It goes through the
-- members of each union, and not through all who bear a name: of a common one there are thousands.
-- The plan is fixed, because an import asks while the register grows under it: what is known of
-- the tables' sizes and values is of before. So each union is looked up by itself, never all
-- members at once and what is not theirs thrown away.
create or replace function members_named(p_unions uuid[], p_keys text[])
    returns table (organisation_id uuid, person_id uuid, name_key text, birth_date date,
                   birth_year smallint, has_number boolean)
    language sql stable
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_seqscan = off
    set enable_bitmapscan = off
begin atomic
    select member.organisation_id, member.person_id, person.name_key, person.birth_date,
           person.birth_year, number.is_known is not null
    from unnest(p_unions) as asked (organisation_id)
    cross join lateral (
        select membership.organisation_id, membership.person_id
        from membership
        where membership.organisation_id = asked.organisation_id and membership.until_on is null
        -- Keeps it a look for each union.
        offset 0
    ) member
    join person on person.person_id = member.person_id
    -- As `exists`, it could be answered from a table of everybody's.
    left join lateral (
        select true as is_known
        from person_identity identity
        where identity.person_id = member.person_id and identity.ended_at is null
        limit 1
    ) number on true
    -- Asked so, it is one look into a table of hashes for each member.
    where (person.name_key in (select unnest(p_keys))) is true;
end;
