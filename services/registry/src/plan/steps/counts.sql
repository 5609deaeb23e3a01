-- Units by province, type and sector on the plan's date, without the plan and with it: what other acts
-- do on that day is in both. After tree_after.sql. A dry run tells it; a commit has no use for it.
-- Whoever makes it learns of what lies within his rights only; where these do not reach a province,
-- what lies in it counts under the organisation that the plan is for.
create temp table plan_whole on commit drop as select scope_is_whole() as reached;
create temp table plan_scope on commit drop as
select organisation_id from scope() as mine (organisation_id)
where not (select reached from plan_whole);
analyze plan_scope;

create temp table plan_province_before on commit drop as
with recursive root as (
    select organisation.organisation_id
    from organisation
    where not exists (select from organisation_parent edge
                      where edge.organisation_id = organisation.organisation_id)
), edge as materialized (
    select organisation_id, superior_id
    from organisation_parent
    where upper_inf(recorded) and valid @> :'on_date'::date
), superior as materialized (
    select edge.organisation_id, edge.superior_id
    from edge
    where edge.organisation_id in (select superior_id from edge)
), reached (organisation_id, province_id) as (
    select organisation_id, organisation_id from root
    union
    select superior.organisation_id,
           case when superior.superior_id in (select organisation_id from root)
                then superior.organisation_id else reached.province_id end
    from reached
    join superior on superior.superior_id = reached.organisation_id
)
select organisation_id, province_id from reached;
analyze plan_province_before;

-- Where conflicts stand against the plan, units may be lost on the way: founded or handed over under
-- a superior that is unknown, below one of those, or named by two steps. They exist all the same,
-- so that what is there afterwards is what was there before, less what ends and with what is founded:
-- each is counted once, where it stood, or else under the organisation that the plan is for.
create temp table plan_lost on commit drop as
with twice as materialized (
    select organisation_id
    from plan_doing
    where effect in ('END', 'MOVE')
    group by organisation_id
    having count(*) > 1
)
select organisation_id
from (select edge.organisation_id
      from plan_after edge
      where edge.superior_id not in (select organisation_id from plan_province_after)
         or edge.organisation_id in (select organisation_id from twice)
      union
      select organisation_id
      from plan_doing
      where effect in ('FOUND', 'MOVE') and superior_id is null) edge;
analyze plan_lost;

create temp table plan_counted on commit drop as
with root as (
    select organisation.organisation_id
    from organisation
    where not exists (select from organisation_parent edge
                      where edge.organisation_id = organisation.organisation_id)
), counted as (
    select edge.organisation_id, false as founded,
           case when edge.superior_id in (select organisation_id from root)
                then edge.organisation_id else province.province_id end as province_id,
           type.type, coalesce(sector.sector, '') as sector, 1 as before, 0 as after
    from organisation_parent edge
    join plan_province_before province on province.organisation_id = edge.superior_id
    join organisation_type type
      on type.organisation_id = edge.organisation_id
     and upper_inf(type.recorded) and type.valid @> :'on_date'::date
    left join organisation_sector sector
      on sector.organisation_id = edge.organisation_id
     and upper_inf(sector.recorded) and sector.valid @> :'on_date'::date
    where upper_inf(edge.recorded) and edge.valid @> :'on_date'::date
    union all
    select edge.organisation_id, founded.line is not null,
           case when edge.superior_id in (select organisation_id from root)
                then edge.organisation_id else province.province_id end,
           coalesce(founded.type, retyped.type, type.type),
           coalesce(case when founded.line is not null then founded.sector
                         when retyped.line is not null then retyped.sector
                         else sector.sector end, ''),
           0, 1
    from plan_after edge
    join plan_province_after province on province.organisation_id = edge.superior_id
    left join plan_line founded
      on founded.organisation_id = edge.organisation_id and founded.kind = 'FOUND'
    left join plan_retyped retyped on retyped.organisation_id = edge.organisation_id
    left join organisation_type type
      on type.organisation_id = edge.organisation_id
     and upper_inf(type.recorded) and type.valid @> :'on_date'::date
    left join organisation_sector sector
      on sector.organisation_id = edge.organisation_id
     and upper_inf(sector.recorded) and sector.valid @> :'on_date'::date
    where coalesce(founded.type, type.type) is not null
      and edge.organisation_id not in (select organisation_id from plan_lost)
    union all
    select lost.organisation_id, founded.line is not null,
           coalesce(case when former.superior_id in (select organisation_id from root)
                         then lost.organisation_id else former_place.province_id end,
                    (select organisation_id from plan where plan_id = :'plan_id')),
           coalesce(founded.type, retyped.type, type.type),
           coalesce(case when founded.line is not null then founded.sector
                         when retyped.line is not null then retyped.sector
                         else sector.sector end, ''),
           0, 1
    from plan_lost lost
    left join plan_line founded
      on founded.organisation_id = lost.organisation_id and founded.kind = 'FOUND'
    left join organisation_parent former
      on former.organisation_id = lost.organisation_id
     and upper_inf(former.recorded) and former.valid @> :'on_date'::date
    left join plan_province_before former_place
      on former_place.organisation_id = former.superior_id
    left join plan_retyped retyped on retyped.organisation_id = lost.organisation_id
    left join organisation_type type
      on type.organisation_id = lost.organisation_id
     and upper_inf(type.recorded) and type.valid @> :'on_date'::date
    left join organisation_sector sector
      on sector.organisation_id = lost.organisation_id
     and upper_inf(sector.recorded) and sector.valid @> :'on_date'::date
    where not exists (select from plan_doing doing
                      where doing.organisation_id = lost.organisation_id and doing.effect = 'END')
      and (founded.line is not null
           or former_place.organisation_id is not null and type.type is not null)
    union all
    -- The Confederation itself.
    select root.organisation_id, false, root.organisation_id, type.type, '', 1, 1
    from root
    join organisation_type type
      on type.organisation_id = root.organisation_id
     and upper_inf(type.recorded) and type.valid @> :'on_date'::date
)
select case when (select reached from plan_whole) then province_id
            when province_id in (select organisation_id from plan_scope) then province_id
            else (select organisation_id from plan where plan_id = :'plan_id') end as province_id,
       type, sector, sum(before)::int as before, sum(after)::int as after
from counted
where (select reached from plan_whole) or founded
   or organisation_id in (select organisation_id from plan_scope)
group by 1, type, sector;
