-- Whether an act about an organisation may rest on what this issuer decided: one within the end
-- user's scope, one above the organisation today, or one that it has stood under, whose papers it
-- goes on with. Of any other issuer's decisions an act must not tell that there are any.
create or replace function decides_about(p_issuer uuid, p_organisation uuid) returns boolean
    language plpgsql stable
as $$
begin
    return access.covers(p_issuer)
        or p_issuer in (select access.line(p_organisation))
        or exists (
            with recursive above (organisation_id) as (
                select superior.superior_id from access.superior superior
                where superior.organisation_id = p_organisation
                union
                select superior.superior_id
                from above
                join access.superior superior on superior.organisation_id = above.organisation_id
            )
            select from above where above.organisation_id = p_issuer);
end;
$$;
