-- The organisations on which the end user of this transaction holds the permission of
-- this transaction's method. Who and which are settings local to the transaction; an
-- absent setting means nothing at all.
create or replace function access.granted() returns setof uuid
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
