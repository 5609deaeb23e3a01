-- True when the end user of this transaction may do what this transaction's method does
-- to this organisation. The scope of every statement:
--     … where access.covers(organisation_id)
create or replace function access.covers(p_organisation uuid) returns boolean
    language plpgsql stable
as $$
begin
    return access.covers_with(
        p_organisation, nullif(current_setting('congdoan.permission', true), ''));
end;
$$;
