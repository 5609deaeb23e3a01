-- Where an audit counts units as then: under which of some heads, and on which days of its facts. It
-- shares nothing with `place_as_then`, whose answers it is held against: that goes down from a head,
-- this goes up from each unit.
create or replace function audited_then(p_heads uuid[])
    returns table (head_id uuid, unit_id uuid, valid daterange)
    language sql stable
begin atomic
    -- As itself; what never existed, also as whatever it was to be founded under.
    with recursive carried (unit_id, as_id, steps) as (
        select o.organisation_id, o.organisation_id, 0
        from organisation o
        union all
        select c.unit_id, o.founded_under_id, c.steps + 1
        from carried c
        join organisation o on o.organisation_id = c.as_id
        where o.never_existed and o.founded_under_id is not null and c.steps < 32
    ),
    climbed (unit_id, as_id, above_id, valid, steps) as (
        select c.unit_id, c.as_id, c.as_id, daterange(null, null), 0
        from carried c
        union all
        select l.unit_id, l.as_id, e.superior_id, l.valid * e.valid, l.steps + 1
        from climbed l
        join edge e on e.organisation_id = l.above_id and e.valid && l.valid
        where l.steps < 32
    )
    -- What is dated before its first day counts where it began, after its last one where it was last.
    select l.above_id,
           l.unit_id,
           daterange(case when lower(l.valid) > o.founded_on then lower(l.valid) end,
                     case when o.ended_on is null or upper(l.valid) < o.ended_on then upper(l.valid) end)
    from climbed l
    join organisation o on o.organisation_id = l.as_id
    where l.above_id = any (p_heads);
end;
