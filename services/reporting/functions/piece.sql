-- Places cut into the lines of a figure.
--
-- p_by: NONE, CHILD, UNIT, TYPE, SECTOR, or GROUP of the grouping that p_sectors and p_groups
-- spell out, sector by sector. p_group keeps one group only; p_direct keeps the head itself and
-- what lies directly below it. Sector and type are those of the fact's own day in either view.
create or replace function piece(p_head uuid, p_as_of date, p_by text, p_sectors text[], p_groups text[], p_group text, p_direct boolean)
    returns table (unit_id uuid, line text, valid daterange)
    language sql stable
begin atomic
    select p.unit_id,
           case p_by when 'CHILD' then coalesce(p.branch_id::text, p.line)
                     when 'UNIT' then p.unit_id::text
                     else '' end,
           p.valid
    from place(p_head, p_as_of) p
    where p_by in ('NONE', 'CHILD', 'UNIT') and p_group = '' and (p.depth <= 1 or not p_direct)
    union all
    select p.unit_id,
           case p_by when 'CHILD' then coalesce(p.branch_id::text, p.line)
                     when 'UNIT' then p.unit_id::text
                     when 'SECTOR' then s.sector
                     when 'GROUP' then s.sector_group
                     else '' end,
           p.valid * s.valid
    from place(p_head, p_as_of) p
    join lateral (
        select os.sector, coalesce(g.sector_group, 'KHAC') as sector_group, os.valid
        from organisation_sector os
        left join unnest(p_sectors, p_groups) as g (sector, sector_group) on g.sector = os.sector
        where os.organisation_id = p.unit_id
        union all
        select '', '', daterange(null, null)
        where not exists (select from organisation_sector os where os.organisation_id = p.unit_id)
    ) s on s.valid && p.valid and (p_group = '' or s.sector_group = p_group)
    where (p_by in ('SECTOR', 'GROUP') or p_group <> '' and p_by <> 'TYPE')
      and (p.depth <= 1 or not p_direct)
    union all
    select p.unit_id, t.type, p.valid * t.valid * s.valid
    from place(p_head, p_as_of) p
    join lateral (
        select ot.type, ot.valid
        from organisation_type ot
        where ot.organisation_id = p.unit_id
        union all
        select o.type, daterange(null, null)
        from organisation o
        where o.organisation_id = p.unit_id
          and not exists (select from organisation_type ot where ot.organisation_id = p.unit_id)
    ) t on t.valid && p.valid
    join lateral (
        select daterange(null, null) as valid
        where p_group = ''
        union all
        select os.valid
        from organisation_sector os
        left join unnest(p_sectors, p_groups) as g (sector, sector_group) on g.sector = os.sector
        where p_group <> '' and os.organisation_id = p.unit_id
          and coalesce(g.sector_group, 'KHAC') = p_group
    ) s on s.valid && (p.valid * t.valid)
    where p_by = 'TYPE' and (p.depth <= 1 or not p_direct);
end;
