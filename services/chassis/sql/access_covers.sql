-- The scope predicate. It reads `access.superior`, `access.ending` and `access.grant_held`:
-- tables that follow registry's feed, or, in registry itself, views.
--
-- The functions are plpgsql because it keeps their plans for the session: in plain SQL each
-- statement that asks plans them anew, which was 3.9 ms a call instead of 0.3.

-- What each role may do; loaded from roles.toml when the service migrates.
create table access.role_permission
(
    role       text not null,
    permission text not null,
    primary key (role, permission)
);

-- Today in Vietnam: rights are decided on today's tree, whatever date is asked about.
create function access.today() returns date
    language sql stable
return (now() at time zone 'Asia/Ho_Chi_Minh')::date;

-- The organisations on which the end user of this transaction holds the permission of
-- this transaction's method. Who and which are settings local to the transaction; an
-- absent setting means nothing at all.
create function access.granted() returns setof uuid
    language plpgsql stable
as $$
begin
    return query
    select h.organisation_id
    from access.grant_held h
    join access.role_permission p on p.role = h.role
    where h.issuer = nullif(current_setting('congdoan.issuer', true), '')
      and h.subject = nullif(current_setting('congdoan.subject', true), '')
      and p.permission = nullif(current_setting('congdoan.permission', true), '')
      and h.valid @> access.today();
end;
$$;

-- The organisation or, if it has ended, its heir, followed by every superior above: the
-- line through which a right reaches it today.
create function access.line(p_organisation uuid) returns setof uuid
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

-- True when a right that is held on one of some organisations reaches this one. It goes up
-- `access.line` and stops where a right is held: statements ask it of each row that they show,
-- and step by step it takes a third of the time of one recursive query, whose executor is set
-- up anew for each row.
create function access.reached(p_organisation uuid, p_held uuid[]) returns boolean
    language plpgsql stable
as $$
declare
    today   date := access.today();
    here    uuid := p_organisation;
    above   uuid;
    ended   boolean;
begin
    if p_held = '{}' then
        return false;
    end if;
    for depth in 0..32 loop
        above := null;
        select e.heir_id into above
        from access.ending e
        where e.organisation_id = here and e.ended_on <= today;
        ended := found;
        if not ended and here = any (p_held) then
            return true;
        end if;
        if above is null then
            select s.superior_id into above
            from access.superior s
            where s.organisation_id = here and lower(s.valid) <= today
            order by lower(s.valid) desc
            limit 1;
        end if;
        if above is null then
            -- Founded for a later date: its first superior.
            select s.superior_id into above
            from access.superior s
            where s.organisation_id = here
            order by lower(s.valid)
            limit 1;
        end if;
        if above is null then
            return false;
        end if;
        here := above;
    end loop;
    return false;
end;
$$;

-- True when the end user of this transaction may do what this transaction's method does
-- to this organisation. The scope of every statement:
--     … where access.covers(organisation_id)
create function access.covers(p_organisation uuid) returns boolean
    language plpgsql stable
as $$
begin
    return access.reached(p_organisation, array(select access.granted()));
end;
$$;

-- True when the end user holds the permission anywhere: tells "you may not do this" from
-- "not here, or no such thing".
create function access.holds() returns boolean
    language plpgsql stable
as $$
begin
    return exists (select from access.granted());
end;
$$;
