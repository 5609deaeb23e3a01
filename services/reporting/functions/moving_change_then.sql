-- The change that moved a unit on a day, as it was known at an instant: its own new place, or that of a
-- superior above it, or its new sector or industry.
create or replace function moving_change_then(p_unit uuid, p_on date, p_known timestamptz) returns uuid
    language sql stable
begin atomic
    with recursive climb (superior_id, change_id, began_on, depth) as (
        select e.superior_id, e.change_id, lower(e.valid), 0
        from edge_known e
        where e.organisation_id = p_unit and e.valid @> p_on
          and known_then(e.recorded_at, e.replaced_at, p_known)
        union all
        select e.superior_id, e.change_id, lower(e.valid), c.depth + 1
        from climb c
        join edge_known e on e.organisation_id = c.superior_id and e.valid @> p_on
                         and known_then(e.recorded_at, e.replaced_at, p_known)
        where c.depth < 32
    )
    select coalesce(
        (select c.change_id from climb c where c.began_on = p_on order by c.depth limit 1),
        (select s.change_id from organisation_sector_known s
         where s.organisation_id = p_unit and lower(s.valid) = p_on
           and known_then(s.recorded_at, s.replaced_at, p_known)
         limit 1),
        (select i.change_id from organisation_industry_known i
         where i.organisation_id = p_unit and lower(i.valid) = p_on
           and known_then(i.recorded_at, i.replaced_at, p_known)
         limit 1));
end;
