-- As of a day: whatever its date, a fact counts where its unit's heir is on that day.
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
