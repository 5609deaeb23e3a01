-- Organisations that are known never to have existed: no unions of any day, and without a place of
-- their own. What still names one lies under the superior that its founding had placed it under,
-- on every day, as what ended without an heir does.
alter table organisation add column never_existed boolean not null default false;
alter table organisation add column founded_under_id uuid;
create index organisation_never_existed on organisation (founded_under_id) where never_existed;

create or replace function place_as_then(p_head uuid)
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
    ),
    -- One that was founded under another that never existed lies where that one does.
    never (unit_id, under_id, steps) as (
        select n.organisation_id, n.founded_under_id, 0
        from organisation n
        where n.never_existed
        union all
        select n.unit_id, above.founded_under_id, n.steps + 1
        from never n
        join organisation above on above.organisation_id = n.under_id and above.never_existed
        where n.steps < 32
    )
    select u.unit_id,
           u.branch_id,
           case u.depth when 0 then 'ITSELF' else 'CHILD' end,
           u.depth,
           daterange(nullif(lower(u.valid), o.founded_on), nullif(upper(u.valid), o.ended_on))
    from under u
    join organisation o on o.organisation_id = u.unit_id
    union all
    select n.unit_id,
           u.branch_id,
           case u.depth when 0 then 'ENDED' else 'CHILD' end,
           u.depth + 1,
           daterange(nullif(lower(u.valid), o.founded_on), nullif(upper(u.valid), o.ended_on))
    from never n
    join under u on u.unit_id = n.under_id
    join organisation o on o.organisation_id = u.unit_id;
end;

create or replace function place_as_of(p_head uuid, p_on date)
    returns table (unit_id uuid, branch_id uuid, line text, depth integer, valid daterange)
    language sql stable
begin atomic
    with recursive under (unit_id, branch_id, depth) as (
        select o.organisation_id, null::uuid, 0
        from organisation o
        where o.organisation_id = p_head and not o.never_existed
          and o.founded_on <= p_on and (o.ended_on is null or o.ended_on > p_on)
        union all
        select e.organisation_id, coalesce(u.branch_id, e.organisation_id), u.depth + 1
        from under u
        join edge e on e.superior_id = u.unit_id and e.valid @> p_on
        where u.depth < 32
    ),
    -- Those that do not live on that day, on their way to the one that inherits from them:
    -- by principal successor; what ended without one, by its last superior; what is not
    -- yet founded, by its first; what never existed, by the one it was founded under. The
    -- first step by a superior names the line.
    inheritance (unit_id, at_id, line, steps) as (
        select o.organisation_id, o.organisation_id, 'ITSELF', 0
        from organisation o
        where o.founded_on > p_on or o.ended_on <= p_on or o.never_existed
        union all
        select i.unit_id, next.organisation_id, next.line, i.steps + 1
        from inheritance i
        join organisation o on o.organisation_id = i.at_id
        cross join lateral (
            select case when o.never_existed then o.founded_under_id
                        when o.founded_on > p_on
                        then (select e.superior_id from edge e
                              where e.organisation_id = o.organisation_id
                              order by lower(e.valid) limit 1)
                        else coalesce(o.heir_id, o.last_superior_id) end as organisation_id,
                   case when i.line <> 'ITSELF' then i.line
                        when o.never_existed then 'ENDED'
                        when o.founded_on > p_on then 'NOT_YET_FOUNDED'
                        when o.heir_id is null then 'ENDED'
                        else 'ITSELF' end as line
        ) next
        where (o.founded_on > p_on or o.ended_on <= p_on or o.never_existed)
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

create or replace function line_on(p_unit uuid, p_on date) returns setof uuid
    language sql stable rows 8
begin atomic
    with recursive line (organisation_id, depth) as (
        select p_unit, 0
        union all
        select next.organisation_id, line.depth + 1
        from line
        cross join lateral (
            select case when known.never_existed then known.founded_under_id
                        when known.ended_on <= p_on
                        then coalesce(known.heir_id, known.last_superior_id)
                        else (select edge.superior_id from edge
                              where edge.organisation_id = known.organisation_id
                                and edge.valid @> p_on) end as organisation_id
            from organisation known
            where known.organisation_id = line.organisation_id
        ) next
        where next.organisation_id is not null and line.depth < 64
    )
    select organisation_id from line;
end;

-- The unions that exist at the end of a day, in the lines of a figure (see `piece`). Whatever is
-- counted of the unions of a day, and whatever it is counted against, is a join with this.
create function unions_on(p_head uuid, p_as_of date, p_by text, p_sectors text[], p_groups text[],
                          p_group text, p_direct boolean, p_on date, p_without_suspended boolean)
    returns table (unit_id uuid, line text, founded_on date)
    language sql stable
begin atomic
    select p.unit_id, p.line, o.founded_on
    from piece(p_head, p_as_of, p_by, p_sectors, p_groups, p_group, p_direct) p
    join organisation o on o.organisation_id = p.unit_id
    left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> p_on
    where p.valid @> p_on
      and coalesce(t.grassroots, o.grassroots)
      and not o.never_existed
      and o.founded_on <= p_on and (o.ended_on is null or o.ended_on > p_on)
      and not (p_without_suspended and exists (select from suspension s
                                               where s.organisation_id = p.unit_id and s.valid @> p_on));
end;

-- Whether an organisation was a union on any day of the year that ends on a day: only then is it
-- rated for it.
create function was_union_in_year(p_unit uuid, p_through date) returns boolean
    language sql stable
begin atomic
    select exists (
        select
        from organisation o
        cross join lateral (
            select t.valid from organisation_type t
            where t.organisation_id = o.organisation_id and t.grassroots
            union all
            select daterange(null, null)
            where o.grassroots
              and not exists (select from organisation_type t where t.organisation_id = o.organisation_id)
        ) union_days
        where o.organisation_id = p_unit and not o.never_existed
          and not isempty(union_days.valid
                          * daterange(o.founded_on, o.ended_on)
                          * daterange((p_through - interval '1 year' + interval '1 day')::date, p_through, '[]')));
end;
