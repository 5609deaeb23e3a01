-- Where what a unit did is counted: the arithmetic of the tree.
--
-- `place` gives, for a head, every unit that counts under it, in which line, and for which
-- days of its facts. All figures are joins with it; there is no other idea of a subtree.

-- As then: a unit counts under the head on the days on which the head was among its
-- superiors. A unit that has ended keeps its last place (its last movements are dated on
-- the day on which it no longer exists), and one that is yet to be founded its first.
create function place_as_then(p_head uuid)
    returns table (unit_id uuid, branch_id uuid, line text, depth integer, valid daterange)
    language sql stable
begin atomic
    with recursive under (unit_id, branch_id, depth, valid) as (
        select p_head, null::uuid, 0, daterange(null, null)
        union all
        select e.organisation_id, coalesce(u.branch_id, e.organisation_id), u.depth + 1, e.valid * u.valid
        from under u
        join edge e on e.superior_id = u.unit_id and e.valid && u.valid
        where u.depth < 32
    )
    select u.unit_id,
           u.branch_id,
           case u.depth when 0 then 'ITSELF' else 'CHILD' end,
           u.depth,
           daterange(nullif(lower(u.valid), o.founded_on), nullif(upper(u.valid), o.ended_on))
    from under u
    join organisation o on o.organisation_id = u.unit_id;
end;

-- As of a day: whatever its date, a fact counts where its unit's heir is on that day.
create function place_as_of(p_head uuid, p_on date)
    returns table (unit_id uuid, branch_id uuid, line text, depth integer, valid daterange)
    language sql stable
begin atomic
    with recursive under (unit_id, branch_id, depth) as (
        select o.organisation_id, null::uuid, 0
        from organisation o
        where o.organisation_id = p_head
          and o.founded_on <= p_on and (o.ended_on is null or o.ended_on > p_on)
        union all
        select e.organisation_id, coalesce(u.branch_id, e.organisation_id), u.depth + 1
        from under u
        join edge e on e.superior_id = u.unit_id and e.valid @> p_on
        where u.depth < 32
    ),
    -- Those that do not live on that day, on their way to the one that inherits from them:
    -- by principal successor; what ended without one, by its last superior; what is not
    -- yet founded, by its first. The first step by a superior names the line.
    inheritance (unit_id, at_id, line, steps) as (
        select o.organisation_id, o.organisation_id, 'ITSELF', 0
        from organisation o
        where o.founded_on > p_on or o.ended_on <= p_on
        union all
        select i.unit_id, next.organisation_id, next.line, i.steps + 1
        from inheritance i
        join organisation o on o.organisation_id = i.at_id
        cross join lateral (
            select case when o.founded_on > p_on
                        then (select e.superior_id from edge e
                              where e.organisation_id = o.organisation_id
                              order by lower(e.valid) limit 1)
                        else coalesce(o.heir_id, o.last_superior_id) end as organisation_id,
                   case when i.line <> 'ITSELF' then i.line
                        when o.founded_on > p_on then 'NOT_YET_FOUNDED'
                        when o.heir_id is null then 'ENDED'
                        else 'ITSELF' end as line
        ) next
        where (o.founded_on > p_on or o.ended_on <= p_on)
          and next.organisation_id is not null
          and i.steps < 64
    )
    select u.unit_id, u.branch_id, case u.depth when 0 then 'ITSELF' else 'CHILD' end, u.depth, daterange(null, null)
    from under u
    union all
    select i.unit_id,
           u.branch_id,
           case u.depth when 0 then i.line else 'CHILD' end,
           u.depth + case i.line when 'ITSELF' then 0 else 1 end,
           daterange(null, null)
    from inheritance i
    join under u on u.unit_id = i.at_id
    where i.steps > 0;
end;

-- Either, for an organisation in the caller's scope; for others, nothing.
create function place(p_head uuid, p_as_of date)
    returns table (unit_id uuid, branch_id uuid, line text, depth integer, valid daterange)
    language sql stable
begin atomic
    select t.unit_id, t.branch_id, t.line, t.depth, t.valid
    from place_as_then(p_head) t
    where p_as_of is null and access.covers(p_head)
    union all
    select d.unit_id, d.branch_id, d.line, d.depth, d.valid
    from place_as_of(p_head, p_as_of) d
    where p_as_of is not null and access.covers(p_head);
end;

-- Places cut into the lines of a figure.
--
-- p_by: NONE, CHILD, UNIT, SECTOR, or GROUP of the grouping that p_sectors and p_groups spell
-- out, sector by sector. p_group keeps one group only; p_direct keeps the head itself and
-- what lies directly below it. The sector is that of the fact's own day in either view.
create function piece(p_head uuid, p_as_of date, p_by text, p_sectors text[], p_groups text[], p_group text, p_direct boolean)
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
    where (p_by in ('SECTOR', 'GROUP') or p_group <> '') and (p.depth <= 1 or not p_direct);
end;

-- The change that moved a unit on a day: its own new place, or that of a superior above it,
-- or its new sector.
create function moving_change(p_unit uuid, p_on date) returns uuid
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
         where s.organisation_id = p_unit and lower(s.valid) = p_on));
end;
