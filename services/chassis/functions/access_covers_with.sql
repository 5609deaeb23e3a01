-- True when the end user may do to this organisation what takes a permission, be it that of
-- this transaction's method or another. It looks into the grants as `access.granted` does, in
-- place: a function that returns a set costs as much as the look. Who is asked about is found
-- in the index on subjects: `is true` keeps the planner from the one that keeps grants apart,
-- whose ways are longer.
create or replace function access.covers_with(p_organisation uuid, p_permission text) returns boolean
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
