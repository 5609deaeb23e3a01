-- The change that moved a unit on a day: its own new place, or that of a superior above it,
-- or its new sector or industry. Programs of the last release ask it; `moving_change_then` is asked now.
create or replace function moving_change(p_unit uuid, p_on date) returns uuid
    language sql stable
begin atomic
    with recursive climb (superior_id, change_id, began_on, depth) as (
        select e.superior_id, e.change_id, lower(e.valid), 0
        from edge e where e.organisation_id = p_unit and e.valid @> p_on
        union all
        select e.superior_id, e.change_id, lower(e.valid), c.depth + 1
        from climb c
        join edge e on e.organisation_id = c.superior_id and e.valid @> p_on
        where c.depth < 32
    )
    select coalesce(
        (select c.change_id from climb c where c.began_on = p_on order by c.depth limit 1),
        (select s.change_id from organisation_sector s
         where s.organisation_id = p_unit and lower(s.valid) = p_on),
        (select i.change_id from organisation_industry i
         where i.organisation_id = p_unit and lower(i.valid) = p_on));
end;
