-- True when the end user's rights of today reach an organisation on a day, through the superiors
-- that it had on it: whoever changes what is known of a past changes it for those under whom it
-- lay. Where one of them has ended, whoever continues it counts; a right on the organisation
-- itself is enough. Of a day on which it lay nowhere, its nearest superior counts.
create or replace function covered_on(p_organisation uuid, p_day date) returns boolean
    language plpgsql stable
as $$
declare
    held  uuid[] := array(select access.granted());
    here  uuid := p_organisation;
    goes  uuid;
    next  uuid;
begin
    if not access.reached(p_organisation, held) then
        return false;
    end if;
    for depth in 0..32 loop
        -- Who goes on in its place today.
        goes := here;
        for life in 0..32 loop
            select coalesce(ending.heir_id,
                            (select edge.superior_id from access.superior edge
                             where edge.organisation_id = goes
                             order by lower(edge.valid) desc limit 1))
            into next
            from access.ending ending
            where ending.organisation_id = goes and ending.ended_on <= access.today();
            exit when not found or next is null;
            goes := next;
        end loop;
        if goes = any (held) then
            return true;
        end if;
        select edge.superior_id into next
        from access.superior edge
        where edge.organisation_id = here
        order by edge.valid @> p_day desc, lower(edge.valid) <= p_day desc,
                 case when lower(edge.valid) <= p_day then lower(edge.valid) end desc,
                 lower(edge.valid)
        limit 1;
        if not found then
            return false;
        end if;
        here := next;
    end loop;
    return false;
end;
$$;
