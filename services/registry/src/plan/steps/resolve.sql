-- Whom the steps of a plan mean, and how those stand. The variables are psql's, so that
-- psql -v runs this file as the program does: `plan_id` and `on_date`.
set local work_mem = '64MB';

-- Every text that names a unit. ACTED: who ends, moves or is renamed, by the code of the day
-- before. HEIR: who takes over or inherits, by the code of the day itself.
create temp table plan_named on commit drop as
select role, named,
       length(named) = 36
           and named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' as is_id
from (select 'ACTED' as role, unit as named from plan_step
      where plan_id = :'plan_id' and kind <> 'FOUND'
      union
      select 'HEIR', named
      from (select superior as named from plan_step where plan_id = :'plan_id'
            union
            select successor from plan_step where plan_id = :'plan_id'
            union
            select rehome_to from plan_step where plan_id = :'plan_id'
            union
            select subordinates_to from plan_step where plan_id = :'plan_id') heir
      where named <> '') given;
analyze plan_named;

-- The codes that steps of the plan give to those whom they found.
create temp table plan_code_given on commit drop as
select line, unit as code, founded_id as organisation_id
from plan_step
where plan_id = :'plan_id' and kind = 'FOUND';
analyze plan_code_given;

-- Ids that are known, or that the plan gives; and those who act under a code.
create temp table plan_reference on commit drop as
select role, named, named::uuid as organisation_id
from plan_named
where is_id
  and (named::uuid in (select organisation_id from organisation_founding
                       where upper_inf(recorded))
       or named::uuid in (select organisation_id from plan_code_given))
union all
select role, named, coalesce(before.organisation_id, after.organisation_id)
from plan_named
left join organisation_code before
  on before.code = named and upper_inf(before.recorded) and before.valid @> :'on_date'::date - 1
left join organisation_code after
  on after.code = named and upper_inf(after.recorded) and after.valid @> :'on_date'::date
where role = 'ACTED' and not is_id
  and coalesce(before.organisation_id, after.organisation_id) is not null;
analyze plan_reference;

-- Whoever takes over or inherits under a code: the one who is founded with it, who is given
-- it, or who bears it.
insert into plan_reference (role, named, organisation_id)
select role, named, organisation_id
from (select named.role, named.named,
             coalesce(founded.organisation_id, renamed.organisation_id, after.organisation_id,
                      before.organisation_id) as organisation_id
      from plan_named named
      left join (select distinct on (code) code, organisation_id
                 from plan_code_given order by code, line) founded on founded.code = named.named
      left join (select distinct on (step.code) step.code, acted.organisation_id
                 from plan_step step
                 join plan_reference acted on acted.role = 'ACTED' and acted.named = step.unit
                 where step.plan_id = :'plan_id' and step.kind = 'RENAME' and step.code <> ''
                 order by step.code, step.line) renamed on renamed.code = named.named
      left join organisation_code after
        on after.code = named.named and upper_inf(after.recorded)
       and after.valid @> :'on_date'::date
      left join organisation_code before
        on before.code = named.named and upper_inf(before.recorded)
       and before.valid @> :'on_date'::date - 1
      where named.role = 'HEIR' and not named.is_id) heir
where organisation_id is not null;
analyze plan_reference;

-- The steps, with ids in the place of names.
create temp table plan_line on commit drop as
select step.line,
       step.kind,
       step.unit,
       case step.kind when 'FOUND' then step.founded_id else acted.organisation_id end
           as organisation_id,
       step.superior, superior.organisation_id as superior_id,
       step.successor, successor.organisation_id as successor_id,
       step.rehome_to, rehome.organisation_id as rehome_to_id,
       step.subordinates_to, subordinates.organisation_id as subordinates_to_id,
       step.name, step.short_name, step.code, step.type, step.sector, step.industry,
       step.end_kind, step.members_outcome
from plan_step step
left join plan_reference acted
  on step.kind <> 'FOUND' and acted.role = 'ACTED' and acted.named = step.unit
left join plan_reference superior on superior.role = 'HEIR' and superior.named = step.superior
left join plan_reference successor on successor.role = 'HEIR' and successor.named = step.successor
left join plan_reference rehome on rehome.role = 'HEIR' and rehome.named = step.rehome_to
left join plan_reference subordinates
  on subordinates.role = 'HEIR' and subordinates.named = step.subordinates_to
where step.plan_id = :'plan_id';
analyze plan_line;

-- Known edges that a unit which ends would leave hanging: subordinates on or after the date
-- that no step of their own ends or moves. They go where the unit's end says.
create temp table plan_left on commit drop as
select ending.line,
       edge.organisation_id,
       edge.superior_id as from_superior_id,
       ending.subordinates_to_id as superior_id,
       ending.subordinates_to <> '' as taken,
       lower(edge.valid) as superior_from,
       upper(edge.valid) as superior_until
from plan_line ending
join organisation_parent edge on edge.superior_id = ending.organisation_id
where ending.kind = 'END' and upper_inf(edge.recorded)
  and (upper_inf(edge.valid) or upper(edge.valid) > :'on_date')
  and not exists (select from plan_line own
                  where own.organisation_id = edge.organisation_id
                    and own.kind in ('END', 'HAND_OVER'));
analyze plan_left;

-- Everybody that is named or comes along, as known now.
create temp table plan_unit on commit drop as
with named as (
    select organisation_id from plan_line where kind <> 'FOUND' and organisation_id is not null
    union
    select organisation_id from plan_left
    union
    select organisation_id from plan_reference
    union
    -- Under whom units of another type stand.
    select edge.superior_id
    from organisation_parent edge
    join plan_line line using (organisation_id)
    where line.kind = 'CHANGE_TYPE' and upper_inf(edge.recorded) and upper_inf(edge.valid)
), known as (
    select named.organisation_id, founding.founded_on
    from named
    join organisation_founding founding
      on founding.organisation_id = named.organisation_id and upper_inf(founding.recorded)
)
select known.organisation_id,
       known.founded_on,
       edge.superior_id,
       lower(edge.valid) as superior_from,
       coalesce(edge.has_subordinates, true) as has_subordinates,
       type.type,
       status.status,
       lower(last_status.valid) as status_from,
       lower(name.valid) as name_from,
       lower(code.valid) as code_from,
       ending.ended_on
from known
left join organisation_parent edge
  on edge.organisation_id = known.organisation_id
 and upper_inf(edge.recorded) and upper_inf(edge.valid)
left join organisation_type type
  on type.organisation_id = known.organisation_id
 and upper_inf(type.recorded) and type.valid @> greatest(:'on_date'::date, known.founded_on)
left join organisation_status status
  on status.organisation_id = known.organisation_id
 and upper_inf(status.recorded) and status.valid @> :'on_date'::date
left join organisation_status last_status
  on last_status.organisation_id = known.organisation_id
 and upper_inf(last_status.recorded) and upper_inf(last_status.valid)
left join organisation_name name
  on name.organisation_id = known.organisation_id
 and upper_inf(name.recorded) and upper_inf(name.valid)
left join organisation_code code
  on code.organisation_id = known.organisation_id
 and upper_inf(code.recorded) and upper_inf(code.valid)
left join organisation_ending ending
  on ending.organisation_id = known.organisation_id and upper_inf(ending.recorded);
create index on plan_unit (organisation_id);
analyze plan_unit;

-- Which of them the right reaches. It is asked of the superior for those that end or move,
-- and once for each: thousands of units have few superiors. Whoever reaches the root reaches
-- everything.
create temp table plan_reached on commit drop as
with root as (
    select organisation.organisation_id
    from organisation
    where not exists (select from organisation_parent edge
                      where edge.organisation_id = organisation.organisation_id)
), everywhere as materialized (
    select coalesce(bool_or(access.covers(organisation_id)), false) as reached from root
)
select seat.organisation_id
from (select organisation_id from plan_unit
      union
      select superior_id from plan_unit where superior_id is not null) seat
where case when (select reached from everywhere) then true
           else access.covers(seat.organisation_id) end;
analyze plan_reached;
