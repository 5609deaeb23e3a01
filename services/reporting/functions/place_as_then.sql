-- As then: a unit counts under the head on the days on which the head was among its
-- superiors. A unit that has ended keeps its last place (its last movements are dated on
-- the day on which it no longer exists), and one that is yet to be founded its first.
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
