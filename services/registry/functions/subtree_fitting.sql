-- A page of an organisation and everything below it on a date, in the order of the tree: a
-- superior, its leaves, then each superior below it in the same way. It goes down the tree step
-- by step and stops when the page is full, so that a page costs what it shows, wherever in the
-- tree it begins: after p_after_place below the end of p_after_path. p_covered says that the
-- caller covers all of it, p_asks that something is asked that `fitting` answers, or p_industry, which
-- null asks for nothing. It takes the place of `subtree_page`, which the last release calls.
create or replace function subtree_fitting(
    p_root uuid, p_on date, p_known timestamptz, p_covered boolean,
    p_after_path uuid[], p_after_place uuid, p_limit bigint,
    p_asks boolean, p_type text, p_sector text, p_statuses text[], p_founded_from date,
    p_founded_until date, p_ended_from date, p_ended_until date, p_industry text)
    returns table (organisation_id uuid, path uuid[])
    language plpgsql stable
as $$
declare
    held    uuid[] := case when not p_covered then array(select access.granted()) end;
    -- Where the walk is, and after which leaf there.
    here    uuid[] := coalesce(p_after_path, array[p_root]);
    after   uuid   := p_after_place;
    missing bigint := p_limit;
    shown   bigint;
    below   uuid;
    last    uuid;
begin
    loop
        -- The superior itself, first among its own. That it lives is what its place in the
        -- tree says, but for the one asked about.
        if after is null then
            return query
            select here[cardinality(here)], here
            where (here[cardinality(here)] <> p_root
                   or exists (select from organisation_status status
                              where status.organisation_id = p_root and status.status <> 'ENDED'
                                and status.valid @> p_on and status.recorded @> p_known))
              and (not p_asks
                   or exists (select from fitting(here[cardinality(here)], p_on, p_known, p_type,
                                                  p_sector, p_statuses, p_founded_from,
                                                  p_founded_until, p_ended_from, p_ended_until))
                       and (p_industry is null
                            or in_industry(here[cardinality(here)], p_on, p_known, p_industry)))
              and (p_covered or access.reached(here[cardinality(here)], held));
            get diagnostics shown = row_count;
            missing := missing - shown;
            after := '00000000-0000-0000-0000-000000000000';
        end if;
        return query
        select leaf.organisation_id, here
        from organisation_parent leaf
        where leaf.superior_id = here[cardinality(here)] and not leaf.has_subordinates
          and leaf.organisation_id > after
          and leaf.valid @> p_on and leaf.recorded @> p_known
          and (not p_asks
               or exists (select from fitting(leaf.organisation_id, p_on, p_known, p_type,
                                              p_sector, p_statuses, p_founded_from,
                                              p_founded_until, p_ended_from, p_ended_until))
                   and (p_industry is null
                        or in_industry(leaf.organisation_id, p_on, p_known, p_industry)))
          and (p_covered or access.reached(leaf.organisation_id, held))
        order by leaf.organisation_id
        limit missing;
        get diagnostics shown = row_count;
        missing := missing - shown;
        exit when missing <= 0;
        -- Down to the first superior below; where there is none, up until there is a next one.
        last := '00000000-0000-0000-0000-000000000000';
        loop
            select edge.organisation_id into below
            from organisation_parent edge
            where edge.superior_id = here[cardinality(here)] and edge.has_subordinates
              and edge.organisation_id > last
              and edge.valid @> p_on and edge.recorded @> p_known
            order by edge.organisation_id
            limit 1;
            exit when found;
            last := here[cardinality(here)];
            here := here[:cardinality(here) - 1];
            exit when here = '{}';
        end loop;
        exit when here = '{}';
        here := here || below;
        after := null;
    end loop;
end;
$$;
