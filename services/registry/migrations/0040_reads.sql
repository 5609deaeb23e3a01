-- What reads of the whole tree stand on.

-- Names are searched for in memory: what an act wrote is taken in when the act is seen, which
-- happens several times a second and must cost next to nothing.
drop index organisation_name_search;
drop index organisation_name_act;
drop index organisation_code_act;
create index organisation_name_act on organisation_name (act_id);
create index organisation_code_act on organisation_code (act_id);

-- Organisations in the order of their codes, the same on every machine.
create index organisation_code_order
    on organisation_code (code collate "C", organisation_id) include (valid, recorded);

-- A walk down the tree reads edges of one superior from the index alone: those that were
-- recorded in one act are spread over the whole table.
drop index organisation_parent_skeleton;
create index organisation_parent_skeleton
    on organisation_parent (superior_id, organisation_id) include (valid, recorded)
    where has_subordinates;
drop index organisation_parent_leaves;
create index organisation_parent_leaves
    on organisation_parent (superior_id, organisation_id) include (valid, recorded)
    where not has_subordinates;

-- True when the end user holds the permission of this transaction's method on the
-- Confederation: every line ends there, so that nothing need be asked of each organisation.
-- An organisation that is known never to have existed has no superior either.
create function scope_is_whole() returns boolean
    language plpgsql stable
as $$
begin
    return exists (
        select from access.granted() as held (organisation_id)
        join organisation_founding founding using (organisation_id)
        where upper_inf(founding.recorded)
          and not exists (select from access.superior edge
                          where edge.organisation_id = held.organisation_id)
          and not exists (select from access.ending ending
                          where ending.organisation_id = held.organisation_id
                            and ending.ended_on <= access.today()));
end;
$$;

-- Every organisation that `access.covers`, found from where the rights are held instead of
-- from the organisation: for statements that ask it of very many. Each step takes in all that
-- go on in what the step before took in: those that ended, in their heirs; the others, in the
-- superior above which they stand today, or stood when they ended without an heir, or will
-- stand first.
create function scope() returns setof uuid
    language plpgsql stable rows 5000
as $$
declare
    today     date   := access.today();
    mine      uuid[] := array(select held.organisation_id
                              from access.granted() as held (organisation_id)
                              where not exists (
                                  select from access.ending ending
                                  where ending.organisation_id = held.organisation_id
                                    and ending.ended_on <= today));
    step      uuid[] := mine;
    -- Those of the step that may have others below them.
    superiors uuid[] := mine;
begin
    for depth in 1..32 loop
        select array_agg(prior.organisation_id),
               array_agg(prior.organisation_id) filter (where prior.is_superior)
        into step, superiors
        from (
            select ending.organisation_id, true as is_superior
            from unnest(step) as above (organisation_id)
            join organisation_ending ending
              on ending.principal_successor_id = above.organisation_id
            where upper_inf(ending.recorded) and ending.ended_on <= today
            union all
            select edge.organisation_id, edge.has_subordinates
            from (
                select organisation_parent.organisation_id, valid, has_subordinates
                from unnest(superiors) as above (organisation_id)
                join organisation_parent
                  on organisation_parent.superior_id = above.organisation_id
                where organisation_parent.has_subordinates
                  and upper_inf(organisation_parent.recorded)
                union all
                select organisation_parent.organisation_id, valid, has_subordinates
                from unnest(superiors) as above (organisation_id)
                join organisation_parent
                  on organisation_parent.superior_id = above.organisation_id
                where not organisation_parent.has_subordinates
                  and upper_inf(organisation_parent.recorded)
            ) edge
            where edge.valid @> today
               or (not exists (select from organisation_ending ending
                               where ending.organisation_id = edge.organisation_id
                                 and upper_inf(ending.recorded) and ending.ended_on <= today
                                 and ending.principal_successor_id is not null)
                   and not exists (
                       select from organisation_parent other
                       where other.organisation_id = edge.organisation_id
                         and upper_inf(other.recorded)
                         and case when lower(edge.valid) <= today
                                  then lower(other.valid) <= today
                                       and lower(other.valid) > lower(edge.valid)
                                  else lower(other.valid) < lower(edge.valid) end))
        ) prior;
        exit when step is null;
        mine := mine || step;
    end loop;
    return query select distinct unnest(mine);
end;
$$;

-- One row if an organisation, as it stood on a date, is what is asked for; null asks for
-- anything. p_statuses may name NOT_YET_FOUNDED; p_sector may be a group of sectors; the
-- periods of founding and ending reach from one day until the day before the other.
create function fitting(
    p_organisation uuid, p_on date, p_known timestamptz, p_type text, p_sector text,
    p_statuses text[], p_founded_from date, p_founded_until date,
    p_ended_from date, p_ended_until date) returns setof uuid
    language sql stable rows 1
begin atomic
    select founding.organisation_id
    from organisation_founding founding
    where founding.organisation_id = p_organisation
      and founding.recorded @> p_known
      and (p_founded_from is null or founding.founded_on >= p_founded_from)
      and (p_founded_until is null or founding.founded_on < p_founded_until)
      and (p_type is null
           or exists (select from organisation_type known
                      where known.organisation_id = p_organisation
                        and known.recorded @> p_known
                        and known.valid @> greatest(p_on, founding.founded_on)
                        and known.type = p_type))
      and (p_sector is null
           or exists (select from organisation_sector known
                      join sector_rule rule on rule.sector = known.sector
                      where known.organisation_id = p_organisation
                        and known.recorded @> p_known
                        and known.valid @> greatest(p_on, founding.founded_on)
                        and p_sector in (rule.sector, rule.group_of)))
      and (p_statuses is null
           or case when p_on < founding.founded_on then 'NOT_YET_FOUNDED'
                   else (select known.status from organisation_status known
                         where known.organisation_id = p_organisation
                           and known.recorded @> p_known and known.valid @> p_on)
              end = any(p_statuses))
      and ((p_ended_from is null and p_ended_until is null)
           or exists (select from organisation_ending ending
                      where ending.organisation_id = p_organisation
                        and ending.recorded @> p_known
                        and (p_ended_from is null or ending.ended_on >= p_ended_from)
                        and (p_ended_until is null or ending.ended_on < p_ended_until)));
end;

-- A page of an organisation and everything below it on a date, in the order of the tree: a
-- superior, its leaves, then each superior below it in the same way. It goes down the tree step
-- by step and stops when the page is full, so that a page costs what it shows, wherever in the
-- tree it begins: after p_after_place below the end of p_after_path. p_covered says that the
-- caller covers all of it, p_asks that something is asked that `fitting` answers.
create function subtree_page(
    p_root uuid, p_on date, p_known timestamptz, p_covered boolean,
    p_after_path uuid[], p_after_place uuid, p_limit bigint,
    p_asks boolean, p_type text, p_sector text, p_statuses text[], p_founded_from date,
    p_founded_until date, p_ended_from date, p_ended_until date)
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
                                                  p_founded_until, p_ended_from, p_ended_until)))
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
                                              p_founded_until, p_ended_from, p_ended_until)))
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

-- In which ways an organisation differs between two trees; one row, of no kinds where it does
-- not. p_was and p_is say whether it stands in the first and in the second.
create function differing(
    p_organisation uuid, p_was boolean, p_is boolean,
    p_from_on date, p_from_known timestamptz, p_to_on date, p_to_known timestamptz)
    returns setof text[]
    language sql stable rows 1
begin atomic
    select case
        when not p_was then array[case status_from.status when 'ENDED' then 'ENDING_CORRECTED'
                                  else case when status_from.status is null then 'FOUNDED'
                                            else 'MOVED_IN' end end]
        when not p_is then array[case status_to.status when 'ENDED' then 'ENDED'
                                 else case when status_to.status is null
                                           then 'FOUNDING_CORRECTED' else 'MOVED_OUT' end end]
        else array_remove(array[
            case when (select superior_id from organisation_parent known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select superior_id from organisation_parent known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'MOVED' end,
            case when (select row (name, short_name) from organisation_name known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select row (name, short_name) from organisation_name known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'RENAMED' end,
            case when (select code from organisation_code known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select code from organisation_code known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'CODE_CHANGED' end,
            case when (select type from organisation_type known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select type from organisation_type known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'TYPE_CHANGED' end,
            case when (select sector from organisation_sector known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select sector from organisation_sector known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'SECTOR_CHANGED' end,
            case when status_from.status is distinct from status_to.status
                 then 'STATUS_CHANGED' end
        ], null) end
    from (select (select status from organisation_status known
                  where known.organisation_id = p_organisation
                    and known.valid @> p_from_on and known.recorded @> p_from_known) as status
         ) status_from,
         (select (select status from organisation_status known
                  where known.organisation_id = p_organisation
                    and known.valid @> p_to_on and known.recorded @> p_to_known) as status
         ) status_to;
end;

-- The organisations of a tree, as `subtree` answers them, without a root that does not live.
create function living_subtree(p_root uuid, p_on date, p_known timestamptz) returns setof uuid
    language sql stable rows 1000
begin atomic
    select organisation_id
    from subtree(p_root, p_on, p_known) as below (organisation_id)
    where organisation_id <> p_root
       or exists (select from organisation_status status
                  where status.organisation_id = p_root and status.status <> 'ENDED'
                    and status.valid @> p_on and status.recorded @> p_known);
end;
