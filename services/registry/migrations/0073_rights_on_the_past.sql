-- Who goes on in an organisation's place today: itself while it lives, else its principal
-- successor, or else its last superior, as `access.line` goes.
create function continues_in(p_organisation uuid) returns uuid
    language plpgsql stable
as $$
declare
    here uuid := p_organisation;
    next uuid;
begin
    for depth in 0..32 loop
        select coalesce(ending.heir_id,
                        (select edge.superior_id from access.superior edge
                         where edge.organisation_id = here
                         order by lower(edge.valid) desc
                         limit 1))
        into next
        from access.ending ending
        where ending.organisation_id = here and ending.ended_on <= access.today();
        if not found then
            return here;
        end if;
        here := next;
    end loop;
    return null;
end;
$$;

-- True when the end user's rights of today reach an organisation on each of the days p_days, through
-- the superiors that it had on these days: whoever changes what is known of a past changes it for
-- those under whom it lay. Where one of them has ended, whoever continues it counts. p_itself says
-- that a right on the organisation itself is enough. Whoever reaches the Confederation reaches all.
create function covered_during(p_organisation uuid, p_days daterange, p_itself boolean) returns boolean
    language plpgsql stable
as $$
declare
    held uuid[] := array(select access.granted());
begin
    return not exists (
        with recursive above (organisation_id, days, reached) as (
            select p_organisation, p_days,
                   p_itself and continues_in(p_organisation) = any (held)
            union
            select edge.superior_id, above.days * edge.valid,
                   continues_in(edge.superior_id) = any (held)
            from above
            join organisation_parent edge
              on edge.organisation_id = above.organisation_id
             and upper_inf(edge.recorded) and edge.valid && above.days
            where not above.reached
        )
        -- Up to the Confederation, and no right was met.
        select from above
        where not above.reached
          and not exists (select from organisation_parent edge
                          where edge.organisation_id = above.organisation_id));
end;
$$;
