-- What the steps would do to whom; after resolve.sql. One row for each unit and effect.
create temp table plan_doing on commit drop as
select line, 'FOUND' as effect, organisation_id, null::uuid as from_superior_id, superior_id,
       null::uuid as successor_id, null::uuid as rehome_to_id, false as implied
from plan_line where kind = 'FOUND'
union all
select line.line, 'END', line.organisation_id, unit.superior_id, null, line.successor_id,
       line.rehome_to_id, false
from plan_line line join plan_unit unit using (organisation_id) where kind = 'END'
union all
select line.line, 'MOVE', line.organisation_id, unit.superior_id, line.superior_id, null, null,
       false
from plan_line line join plan_unit unit using (organisation_id) where kind = 'HAND_OVER'
union all
select plan_left.line, 'MOVE', organisation_id, from_superior_id, plan_left.superior_id, null,
       null, true
from plan_left where superior_until is null
union all
select line.line, 'RENAME', line.organisation_id, unit.superior_id, unit.superior_id, null, null,
       false
from plan_line line join plan_unit unit using (organisation_id) where kind = 'RENAME'
union all
select line.line, 'CHANGE_TYPE', line.organisation_id, unit.superior_id, unit.superior_id, null,
       null, false
from plan_line line join plan_unit unit using (organisation_id) where kind = 'CHANGE_TYPE';
create index on plan_doing (organisation_id);
analyze plan_doing;

-- Units that become ones of another type, before and after. What is not said of the sector
-- stays, as far as the new type may have one.
create temp table plan_retyped on commit drop as
select line.line, line.organisation_id,
       known.type as from_type, line.type,
       coalesce(sector.sector, '') as from_sector,
       case when line.sector <> '' then line.sector
            when rule.sector_need = 'NONE' then ''
            else coalesce(sector.sector, '') end as sector,
       lower(known.valid) as type_from, lower(sector.valid) as sector_from
from plan_line line
left join organisation_type known
  on known.organisation_id = line.organisation_id
 and upper_inf(known.recorded) and upper_inf(known.valid)
left join organisation_sector sector
  on sector.organisation_id = line.organisation_id
 and upper_inf(sector.recorded) and upper_inf(sector.valid)
left join organisation_type_rule rule
  on rule.type = line.type and rule.valid @> :'on_date'::date
where line.kind = 'CHANGE_TYPE' and line.organisation_id is not null;
analyze plan_retyped;

create temp table plan_found on commit drop as
with ending as (
    select organisation_id from plan_doing where effect = 'END'
), office_ended as (
    select organisation_id, count(*)::int as offices
    from office join ending using (organisation_id)
    where upper_inf(recorded) and (upper_inf(valid) or upper(valid) > :'on_date')
    group by organisation_id
), assignment_ended as (
    select assignment.unit_id as organisation_id, count(*)::int as assignments
    from unit_assignment assignment
    where assignment.unit_id in (select organisation_id from ending)
      and upper_inf(assignment.recorded)
      and (upper_inf(assignment.valid) or upper(assignment.valid) > :'on_date')
    group by assignment.unit_id
), granted as (
    select organisation_id, count(*)::int as grants
    from role_grant
    where upper_inf(recorded) and (upper_inf(valid) or upper(valid) > :'on_date')
    group by organisation_id
)
-- Of units out of the caller's reach, which stand against the plan, nothing is told.
select doing.line, doing.effect, doing.organisation_id,
       case when seat.reached then doing.from_superior_id end as from_superior_id,
       doing.superior_id, doing.successor_id, doing.rehome_to_id, doing.implied,
       coalesce(case when seat.reached and effect = 'END' then offices end, 0) as offices_ended,
       coalesce(case when seat.reached and effect = 'END' then assignments end, 0)
           as assignments_ended,
       coalesce(case when seat.reached and effect = 'END' then grants end, 0) as grants_ended,
       coalesce(case when seat.reached and effect = 'MOVE' and unit.has_subordinates
                     then grants end, 0) as grants_moved
from plan_doing doing
left join plan_unit unit using (organisation_id)
left join plan_reached reach
  on reach.organisation_id = coalesce(doing.from_superior_id, doing.organisation_id)
cross join lateral (select doing.effect = 'FOUND' or reach.organisation_id is not null as reached)
     seat
left join office_ended on office_ended.organisation_id = doing.organisation_id
left join assignment_ended on assignment_ended.organisation_id = doing.organisation_id
left join granted on granted.organisation_id = doing.organisation_id;
analyze plan_found;
