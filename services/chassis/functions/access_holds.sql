-- True when the end user holds the permission anywhere: tells "you may not do this" from
-- "not here, or no such thing".
create or replace function access.holds() returns boolean
    language plpgsql stable
as $$
begin
    return exists (select from access.granted());
end;
$$;
