-- Where an audit counts units as of a day: under which of some heads is whoever continues them on that
-- day. It shares nothing with `place_as_of`, whose answers it is held against.
create or replace function audited_as_of(p_heads uuid[], p_on date)
    returns table (head_id uuid, unit_id uuid, valid daterange)
    language sql stable
begin atomic
    with recursive living as materialized (
        select o.organisation_id
        from organisation o
        where not o.never_existed and daterange(o.founded_on, o.ended_on) @> p_on
    ),
    -- By whom it is continued: what never existed, by whatever it was to be founded under; what is not
    -- yet founded, by its first superior; what has ended, by its heir, or else its last superior.
    continued (unit_id, by_id, lives, steps) as (
        select o.organisation_id, o.organisation_id, l.organisation_id is not null, 0
        from organisation o
        left join living l on l.organisation_id = o.organisation_id
        union all
        select c.unit_id, by.organisation_id, l.organisation_id is not null, c.steps + 1
        from continued c
        join organisation o on o.organisation_id = c.by_id
        cross join lateral (
            select o.founded_under_id as organisation_id
            where o.never_existed
            union all
            (select e.superior_id
             from edge e
             where not o.never_existed and o.founded_on > p_on and e.organisation_id = o.organisation_id
             order by e.valid
             limit 1)
            union all
            select coalesce(o.heir_id, o.last_superior_id)
            where not o.never_existed and o.ended_on <= p_on
        ) by
        left join living l on l.organisation_id = by.organisation_id
        where not c.lives and by.organisation_id is not null and c.steps < 64
    ),
    climbed (unit_id, above_id, steps) as (
        select c.unit_id, c.by_id, 0
        from continued c
        where c.lives
        union all
        select l.unit_id, e.superior_id, l.steps + 1
        from climbed l
        join edge e on e.organisation_id = l.above_id and e.valid @> p_on
        where l.steps < 32
    )
    select l.above_id, l.unit_id, daterange(null, null)
    from climbed l
    where l.above_id = any (p_heads);
end;
