-- Places cut into the lines of a figure.
--
-- p_by: NONE, CHILD, UNIT, TYPE, SECTOR, INDUSTRY, or GROUP of the grouping that p_sectors and p_groups
-- spell out (see groups_of). p_group keeps one group only; p_direct keeps the head itself and what lies
-- directly below it. Sector, industry and type are those of the fact's own day in either view.
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
                     when 'GROUP' then g.unit_group
                     else '' end,
           p.valid * g.valid
    from place(p_head, p_as_of) p
    join lateral groups_of(p.unit_id, p_sectors, p_groups) g
      on g.valid && p.valid and (p_group = '' or g.unit_group = p_group)
    where (p_by = 'GROUP' or p_group <> '' and p_by in ('NONE', 'CHILD', 'UNIT'))
      and (p.depth <= 1 or not p_direct)
    union all
    select p.unit_id, l.line, p.valid * l.valid * g.valid
    from place(p_head, p_as_of) p
    join lateral (
        select ot.type as line, ot.valid
        from organisation_type ot
        where p_by = 'TYPE' and ot.organisation_id = p.unit_id
        union all
        select o.type, daterange(null, null)
        from organisation o
        where p_by = 'TYPE' and o.organisation_id = p.unit_id
          and not exists (select from organisation_type ot where ot.organisation_id = p.unit_id)
        union all
        select os.sector, os.valid
        from organisation_sector os
        where p_by = 'SECTOR' and os.organisation_id = p.unit_id
        union all
        select '', daterange(null, null)
        where p_by = 'SECTOR'
          and not exists (select from organisation_sector os where os.organisation_id = p.unit_id)
        union all
        select i.industry, i.valid
        from industries_of(p.unit_id) i
        where p_by = 'INDUSTRY'
    ) l on l.valid && p.valid
    join lateral (
        select daterange(null, null) as valid
        where p_group = ''
        union all
        select held.valid
        from groups_of(p.unit_id, p_sectors, p_groups) held
        where p_group <> '' and held.unit_group = p_group
    ) g on g.valid && (p.valid * l.valid)
    where p_by in ('TYPE', 'SECTOR', 'INDUSTRY') and (p.depth <= 1 or not p_direct);
end;
