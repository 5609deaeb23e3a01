-- True when a right that is held on one of some organisations reaches this one. It goes up
-- `access.line` and stops where a right is held, step by step: statements ask it of each row that
-- they show, and one recursive query, whose executor is set up anew for each row, takes three
-- times as long.
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
