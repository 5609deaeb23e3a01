-- An organisation that lives, with its superior of today, and likewise everybody above: of
-- `access.line` what a statement can have in place, as a part of its own plan. Of one that has no
-- superior today it says nothing: the Confederation, who has ended, who is founded for a later date.
create or replace function access.line_living(p_organisation uuid)
    returns table (organisation_id uuid, superior_id uuid)
    language sql stable
as $$
    with recursive line (organisation_id, superior_id, depth) as (
        select s.organisation_id, s.superior_id, 0
        from access.superior s
        where s.organisation_id = p_organisation and (s.valid @> access.today()) is true
        union all
        select s.organisation_id, s.superior_id, line.depth + 1
        from line
        join access.superior s on s.organisation_id = line.superior_id
                              and (s.valid @> access.today()) is true
        where line.depth < 32
    )
    select line.organisation_id, line.superior_id from line
$$;
