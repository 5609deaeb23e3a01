-- The organisations on which somebody holds one of some permissions today, each with which:
-- `access.granted` for a statement that takes its caller as values. A statement has it in place,
-- as a part of its own plan.
create or replace function access.granted_to(p_issuer text, p_subject text, p_permissions text[])
    returns table (organisation_id uuid, permission text)
    language sql stable
as $$
    select h.organisation_id, p.permission
    from access.grant_held h
    join access.role_permission p on p.role = h.role and p.permission = any (p_permissions)
    where h.issuer = p_issuer and h.subject = p_subject
      and (h.valid @> access.today()) is true
$$;
