-- Rights, decided with fewer looks. Statements ask `access.covers` of each row that they show,
-- and a read of one organisation spent a third of its time on it.
--
-- Where an organisation stands today is one look, and says that it lives: its place lasts
-- exactly as long as itself. Only who has none today (the Confederation, who has ended, who is
-- founded for a later date) is looked up among the ended.
create or replace function access.reached(p_organisation uuid, p_held uuid[]) returns boolean
    language plpgsql stable
as $$
declare
    today  date := access.today();
    here   uuid := p_organisation;
    above  uuid;
    living boolean;
begin
    if p_held = '{}' then
        return false;
    end if;
    for depth in 0..32 loop
        select s.superior_id into above
        from access.superior s
        where s.organisation_id = here and s.valid @> today;
        living := found;
        if not living then
            select e.heir_id into above
            from access.ending e
            where e.organisation_id = here and e.ended_on <= today;
            living := not found;
        end if;
        if living and here = any (p_held) then
            return true;
        end if;
        if above is null then
            -- What ended without an heir goes on in its last superior; what is founded for a
            -- later date, in its first one.
            select s.superior_id into above
            from access.superior s
            where s.organisation_id = here
            order by lower(s.valid) <= today desc,
                     case when lower(s.valid) <= today then lower(s.valid) end desc,
                     lower(s.valid)
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

-- True when the end user may do to this organisation what takes a permission, be it that of
-- this transaction's method or another. It looks into the grants as `access.granted` does, in
-- place: a function that returns a set costs as much as the look. Who is asked about is found
-- in the index on subjects: `is true` keeps the planner from the one that keeps grants apart,
-- whose ways are longer.
create function access.covers_with(p_organisation uuid, p_permission text) returns boolean
    language plpgsql stable
as $$
begin
    return access.reached(p_organisation, array(
        select h.organisation_id
        from access.grant_held h
        where h.issuer = nullif(current_setting('congdoan.issuer', true), '')
          and h.subject = nullif(current_setting('congdoan.subject', true), '')
          and (h.valid @> access.today()) is true
          and exists (select from access.role_permission p
                      where p.role = h.role and p.permission = p_permission)));
end;
$$;

create or replace function access.covers(p_organisation uuid) returns boolean
    language plpgsql stable
as $$
begin
    return access.covers_with(
        p_organisation, nullif(current_setting('congdoan.permission', true), ''));
end;
$$;
