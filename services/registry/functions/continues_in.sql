-- Who goes on in an organisation's place today: itself while it lives, else its principal
-- successor, or else its last superior, as `access.line` goes.
create or replace function continues_in(p_organisation uuid) returns uuid
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
