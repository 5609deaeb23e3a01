-- True when the end user holds the permission of this transaction's method on the
-- Confederation: every line ends there, so that nothing need be asked of each organisation.
-- An organisation that is known never to have existed has no superior either.
create or replace function scope_is_whole() returns boolean
    language plpgsql stable
as $$
begin
    return exists (
        select from access.granted() as held (organisation_id)
        join organisation_founding founding using (organisation_id)
        where upper_inf(founding.recorded)
          and not exists (select from access.superior edge
                          where edge.organisation_id = held.organisation_id)
          and not exists (select from access.ending ending
                          where ending.organisation_id = held.organisation_id
                            and ending.ended_on <= access.today()));
end;
$$;
