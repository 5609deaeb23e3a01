-- True when the end user's rights of today reach an organisation on each of the days p_days, through
-- the superiors that it had on these days: whoever changes what is known of a past changes it for
-- those under whom it lay. Where one of them has ended, whoever continues it counts. p_itself says
-- that a right on the organisation itself is enough. Whoever reaches the Confederation reaches all.
create or replace function covered_during(p_organisation uuid, p_days daterange, p_itself boolean) returns boolean
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
