-- The organisation or, if it has ended, its heir, followed by every superior above: the
-- line through which a right reaches it today.
create or replace function access.line(p_organisation uuid) returns setof uuid
    language plpgsql stable
as $$
begin
    return query
    with recursive line (organisation_id, ended, depth) as (
        select p_organisation,
               exists (select from access.ending e
                       where e.organisation_id = p_organisation and e.ended_on <= access.today()),
               0
        union all
        select next.organisation_id,
               exists (select from access.ending e
                       where e.organisation_id = next.organisation_id and e.ended_on <= access.today()),
               line.depth + 1
        from line
        cross join lateral (
            -- What ended goes on in its principal successor, or else in its last superior;
            -- what lives goes on in its superior of today (one founded for a later date,
            -- in its first superior).
            select coalesce(
                (select e.heir_id from access.ending e
                 where e.organisation_id = line.organisation_id and line.ended),
                (select s.superior_id from access.superior s
                 where s.organisation_id = line.organisation_id
                 order by lower(s.valid) <= access.today() desc,
                          case when lower(s.valid) <= access.today() then lower(s.valid) end desc,
                          lower(s.valid)
                 limit 1)) as organisation_id
        ) next
        where next.organisation_id is not null and line.depth < 32
    )
    select organisation_id from line where not ended;
end;
$$;
