-- What stands against the plan; after tree_after.sql. Reasons are those of the contract, and
-- the rules those of the single acts.
create temp table plan_against
(
    line    int     not null,
    field   text    not null,
    reason  text    not null,
    blocks  boolean not null default true,
    subject text    not null
) on commit drop;

-- Units that are unknown, or out of the caller's reach.
insert into plan_against (line, field, reason, subject)
select line.line, part.field, 'ORGANISATION_UNKNOWN', part.named
from plan_line line
left join plan_unit unit on unit.organisation_id = line.organisation_id
cross join lateral (values
    ('unit', line.unit, line.organisation_id, line.kind <> 'FOUND',
     case when line.kind in ('END', 'HAND_OVER', 'CHANGE_TYPE')
          then coalesce(unit.superior_id, line.organisation_id) else line.organisation_id end),
    ('superior', line.superior, line.superior_id, line.superior <> '', line.superior_id),
    ('successor', line.successor, line.successor_id, line.successor <> '', line.successor_id),
    ('rehome_to', line.rehome_to, line.rehome_to_id, line.rehome_to <> '', line.rehome_to_id),
    ('subordinates_to', line.subordinates_to, line.subordinates_to_id,
     line.subordinates_to <> '', line.subordinates_to_id)) as part (field, named, organisation_id, needed, seat_id)
-- Few have anything unknown: the others are passed over before they are taken apart.
where (line.kind <> 'FOUND' and line.organisation_id is null
       or line.superior <> '' and line.superior_id is null
       or line.successor <> '' and line.successor_id is null
       or line.rehome_to <> '' and line.rehome_to_id is null
       or line.subordinates_to <> '' and line.subordinates_to_id is null
       or exists (select from plan_unit everybody
                  where everybody.organisation_id not in (select organisation_id from plan_reached)))
  and part.needed
  and (part.organisation_id is null
       or part.seat_id not in (select organisation_id from plan_reached)
          and part.seat_id not in (select organisation_id from plan_code_given));

-- A plan that is dated back changes a past: the rights must reach everybody on every day since.
insert into plan_against (line, field, reason, subject)
select line.line, part.field, 'ORGANISATION_UNKNOWN', part.named
from plan_line line
cross join lateral (values
    ('unit', line.unit, line.organisation_id, line.kind = 'RENAME'),
    ('superior', line.superior, line.superior_id, true),
    ('successor', line.successor, line.successor_id, true),
    ('rehome_to', line.rehome_to, line.rehome_to_id, true),
    ('subordinates_to', line.subordinates_to, line.subordinates_to_id, true))
    as part (field, named, organisation_id, itself)
where :'on_date'::date < access.today() and not scope_is_whole()
  and part.organisation_id in (select organisation_id from plan_unit)
  and not covered_during(part.organisation_id, daterange(:'on_date', access.today()), part.itself)
  and not exists (select from plan_against known
                  where known.line = line.line and known.field = part.field);

-- One unit, one step of a kind; and whoever ends does not move.
insert into plan_against (line, field, reason, subject)
select line, 'unit',
       case when kind = 'HAND_OVER' and before_kind = 'HAND_OVER'
            then 'TWO_SUPERIORS' else 'UNIT_REPEATED' end,
       organisation_id::text
from (select line, kind, organisation_id,
             lag(kind) over (partition by organisation_id,
                                          case when kind in ('RENAME', 'CHANGE_TYPE') then kind end
                             order by line) as before_kind
      from plan_line
      where organisation_id is not null and kind <> 'FOUND') step
where before_kind is not null;
insert into plan_against (line, field, reason, subject)
select renamed.line, 'unit', 'UNIT_REPEATED', renamed.organisation_id::text
from plan_line renamed
join plan_line ending using (organisation_id)
where renamed.kind in ('RENAME', 'CHANGE_TYPE') and ending.kind = 'END';

-- Whoever ends, moves or is renamed lives, and no later act is known of what is changed.
insert into plan_against (line, field, reason, subject)
select line, 'unit', reason, organisation_id::text
from (select line.line, line.organisation_id,
             case
                 when unit.ended_on is not null then 'ORGANISATION_ENDED'
                 when unit.founded_on > :'on_date' then 'DATE_OUTSIDE_LIFE'
                 when line.kind <> 'RENAME' and unit.superior_id is null then 'CONFEDERATION_FIXED'
                 when line.kind in ('END', 'HAND_OVER') and unit.superior_from >= :'on_date'
                     then 'LATER_ACT_KNOWN'
                 when line.kind = 'END' and unit.status_from >= :'on_date' then 'LATER_ACT_KNOWN'
                 when line.kind = 'RENAME'
                      and (line.name <> '' or line.short_name <> '') and unit.name_from >= :'on_date'
                     then 'LATER_ACT_KNOWN'
                 when line.kind = 'RENAME' and line.code <> '' and unit.code_from >= :'on_date'
                     then 'LATER_ACT_KNOWN'
                 when line.kind = 'HAND_OVER' and unit.superior_id = line.superior_id
                     then 'ALREADY_SUBORDINATE'
             end as reason
      from plan_line line
      join plan_unit unit on unit.organisation_id = line.organisation_id
      where line.kind <> 'FOUND') step
where reason is not null;

-- Whoever ends has nothing known of it that begins on that day or later.
insert into plan_against (line, field, reason, subject)
with begun as materialized (
    select distinct organisation_id
    from organisation_fact
    where lower(valid) >= :'on_date' and binds in ('THROUGHOUT', 'BEGINS')
      and attribute <> 'SUBORDINATE'
)
select line.line, 'unit', 'LATER_ACT_KNOWN', line.organisation_id::text
from plan_line line
join begun using (organisation_id)
where line.kind = 'END'
  and not exists (select from plan_against known
                  where known.line = line.line and known.field = 'unit');

-- Whoever becomes one of another type was none of it, stands where it stands by then, and has no
-- territory: which it may have depends on its type.
insert into plan_against (line, field, reason, subject)
select line, field, reason, organisation_id::text
from (select retyped.line, retyped.organisation_id, part.field, part.reason
      from plan_retyped retyped
      join plan_unit unit using (organisation_id)
      cross join lateral (values
          ('type', 'ALREADY_OF_TYPE', retyped.type = retyped.from_type),
          ('unit', 'LATER_ACT_KNOWN',
           retyped.type_from >= :'on_date' or unit.superior_from > :'on_date'
           or retyped.sector <> retyped.from_sector and retyped.sector_from >= :'on_date'),
          ('unit', 'TERRITORY_HELD',
           exists (select from organisation_territory held
                   where held.organisation_id = retyped.organisation_id
                     and upper_inf(held.recorded)
                     and held.valid && daterange(:'on_date', null)))) as part (field, reason, holds)
      where part.holds and unit.ended_on is null) step;

-- Whoever takes over units lives on, directs, and is of a type that may.
create temp table plan_taking on commit drop as
select line.line, 'superior' as field, line.superior_id,
       case when line.kind = 'FOUND' then line.type else coalesce(retyped.type, unit.type) end as type,
       line.organisation_id
from plan_line line
left join plan_unit unit on line.kind = 'HAND_OVER' and unit.organisation_id = line.organisation_id
left join plan_retyped retyped on retyped.organisation_id = line.organisation_id
where line.kind in ('FOUND', 'HAND_OVER') and line.superior_id is not null
union all
select plan_left.line, 'subordinates_to', plan_left.superior_id,
       coalesce(retyped.type, unit.type), plan_left.organisation_id
from plan_left
join plan_unit unit on unit.organisation_id = plan_left.organisation_id
left join plan_retyped retyped on retyped.organisation_id = plan_left.organisation_id
where plan_left.superior_id is not null
union all
-- Units of another type where they stand.
select retyped.line, 'type', unit.superior_id, retyped.type, retyped.organisation_id
from plan_retyped retyped
join plan_unit unit on unit.organisation_id = retyped.organisation_id
where unit.superior_id is not null
  and not exists (select from plan_doing doing
                  where doing.organisation_id = retyped.organisation_id
                    and doing.effect in ('END', 'MOVE'));
analyze plan_taking;

insert into plan_against (line, field, reason, subject)
select distinct line, field, reason, subject
from (select taking.line, taking.field, taking.superior_id::text as subject,
             case
                 when superior.ended_on is not null or ending.line is not null then 'SUPERIOR_ENDED'
                 when superior.founded_on > :'on_date' then 'DATE_OUTSIDE_LIFE'
                 when superior.status = 'SUSPENDED' and taking.field <> 'type'
                     then 'SUPERIOR_SUSPENDED'
                 when not exists (select from superior_type_rule rule
                                  where rule.type = taking.type
                                    and rule.superior_type = coalesce(founded.type, retyped.type,
                                                                      superior.type)
                                    and rule.valid @> :'on_date'::date)
                     then 'SUPERIOR_TYPE_NOT_ALLOWED'
             end as reason
      from (select distinct line, field, superior_id, type from plan_taking
            where type is not null) taking
      left join plan_unit superior on superior.organisation_id = taking.superior_id
      left join plan_line founded
        on founded.organisation_id = taking.superior_id and founded.kind = 'FOUND'
      left join plan_retyped retyped on retyped.organisation_id = taking.superior_id
      left join plan_line ending
        on ending.organisation_id = taking.superior_id and ending.kind = 'END') step
where reason is not null;

-- One of the two is known to become one of another type, and may not stand there, or have it, then.
insert into plan_against (line, field, reason, subject)
select distinct taking.line, taking.field, 'SUPERIOR_TYPE_NOT_ALLOWED', taking.superior_id::text
from plan_taking taking
left join plan_unit superior on superior.organisation_id = taking.superior_id
cross join lateral (
    select taking.type, :'on_date'::date as since
    union all
    select known.type, lower(known.valid) from organisation_type known
    where known.organisation_id = taking.organisation_id
      and upper_inf(known.recorded) and lower(known.valid) > :'on_date') own
cross join lateral (
    select superior.type, :'on_date'::date as since
    union all
    select known.type, lower(known.valid) from organisation_type known
    where known.organisation_id = taking.superior_id
      and upper_inf(known.recorded) and lower(known.valid) > :'on_date') above
where taking.organisation_id is not null and own.type is not null and above.type is not null
  and greatest(own.since, above.since) > :'on_date'
  and not exists (select from superior_type_rule rule
                  where rule.type = own.type and rule.superior_type = above.type
                    and rule.valid @> greatest(own.since, above.since));

-- Whoever directs a unit beside its superior does not become its superior.
insert into plan_against (line, field, reason, subject)
select distinct taking.line, taking.field, 'DIRECTOR_IS_SUPERIOR', taking.superior_id::text
from plan_taking taking
join organisation_director beside
  on beside.organisation_id = taking.organisation_id and beside.director_id = taking.superior_id
 and upper_inf(beside.recorded) and beside.valid && daterange(:'on_date', null)
where taking.field <> 'type';

-- Whoever stays below a unit of another type may stand there.
insert into plan_against (line, field, reason, subject)
select distinct retyped.line, 'type', 'SUBORDINATE_TYPE_NOT_ALLOWED', retyped.organisation_id::text
from plan_retyped retyped
join plan_after edge on edge.superior_id = retyped.organisation_id
join organisation_type below
  on below.organisation_id = edge.organisation_id
 and upper_inf(below.recorded) and below.valid @> :'on_date'::date
where not exists (select from plan_doing doing
                  where doing.organisation_id = edge.organisation_id
                    and doing.effect in ('MOVE', 'CHANGE_TYPE'))
  and not exists (select from superior_type_rule rule
                  where rule.type = below.type and rule.superior_type = retyped.type
                    and rule.valid @> :'on_date'::date);

-- Subordinates of whoever ends go somewhere, and no later act is known of their place.
insert into plan_against (line, field, reason, subject)
select distinct on (line) line, 'subordinates_to', 'SUBORDINATES_LIVING', from_superior_id::text
from plan_left
where not taken;
insert into plan_against (line, field, reason, subject)
select line, 'subordinates_to', 'LATER_ACT_KNOWN', organisation_id::text
from plan_left
where taken and (superior_from >= :'on_date' or superior_until is not null);

-- Whoever inherits lives on; whoever admits the members directs.
insert into plan_against (line, field, reason, subject)
select line, field, reason, heir_id::text
from (select line.line, part.field, part.heir_id,
             case
                 when heir.ended_on <= :'on_date' or heir.founded_on > :'on_date'
                      or ending.line is not null then 'SUCCESSOR_NOT_LIVING'
                 when part.field = 'rehome_to' and heir.status = 'SUSPENDED'
                     then 'ORGANISATION_SUSPENDED'
             end as reason
      from plan_line line
      cross join lateral (values ('successor', successor_id), ('rehome_to', rehome_to_id))
           as part (field, heir_id)
      left join plan_unit heir on heir.organisation_id = part.heir_id
      left join plan_line ending on ending.organisation_id = part.heir_id and ending.kind = 'END'
      where line.kind = 'END' and part.heir_id is not null) step
where reason is not null;

-- Business that an end would leave open: campaigns that neither founded a union nor are
-- blocked.
insert into plan_against (line, field, reason, subject)
select line.line, 'unit', 'CAMPAIGNS_OPEN', line.organisation_id::text
from plan_line line
where line.kind = 'END'
  and exists (select
              from campaign
              join lateral (select stage from campaign_stage_known reached
                            where reached.campaign_id = campaign.campaign_id
                            order by step desc limit 1) last on true
              where campaign.organisation_id = line.organisation_id
                and last.stage not in ('FOUNDED', 'BLOCKED'));

-- Types and sectors of those founded, and of those that change theirs.
insert into plan_against (line, field, reason, subject)
select line, field, reason, subject
from (select line.line,
             case
                 when not exists (select from organisation_type_rule rule where rule.type = line.type)
                     then 'ORGANISATION_TYPE_UNKNOWN'
                 when rule.type is null then 'ORGANISATION_TYPE_NOT_IN_FORCE'
                 when rule.sector_need = 'REQUIRED' and line.sector = '' then 'SECTOR_REQUIRED'
                 when rule.sector_need = 'NONE' and line.sector <> '' then 'SECTOR_NOT_ALLOWED'
                 when line.sector <> '' and coalesce(sector.is_group, true) then 'SECTOR_UNKNOWN'
             end as reason,
             case when rule.type is null then 'type' else 'sector' end as field,
             case when rule.type is null or line.sector = '' then line.type else line.sector end
                 as subject
      from (select line, type, sector from plan_line where kind = 'FOUND'
            union all
            select line, type, sector from plan_retyped) line
      left join organisation_type_rule rule
        on rule.type = line.type and rule.valid @> :'on_date'::date
      left join sector_rule sector on sector.sector = line.sector) step
where reason is not null;

-- Industries of those founded.
insert into plan_against (line, field, reason, subject)
select line.line, 'industry',
       case when exists (select from industry_rule rule where rule.industry = line.industry)
            then 'INDUSTRY_NOT_IN_FORCE' else 'INDUSTRY_UNKNOWN' end,
       line.industry
from plan_line line
where line.kind = 'FOUND' and line.industry <> ''
  and not exists (select from industry_rule rule
                  where rule.industry = line.industry and rule.valid @> :'on_date'::date);

-- A code names one organisation at a time; whoever ends or is given another sets his free.
create temp table plan_code_new on commit drop as
select line, 'unit' as field, unit as code, organisation_id from plan_line where kind = 'FOUND'
union all
select line, 'code', code, organisation_id from plan_line where kind = 'RENAME' and code <> '';
insert into plan_against (line, field, reason, subject)
select new.line, new.field, 'CODE_TAKEN', new.code
from plan_code_new new
where exists (select from plan_code_new other
              where other.code = new.code and other.line < new.line)
   or exists (select from organisation_code bearer
              where bearer.code = new.code and upper_inf(bearer.recorded)
                and bearer.valid && daterange(:'on_date', null)
                and not exists (select from plan_line freed
                                where freed.organisation_id = bearer.organisation_id
                                  and lower(bearer.valid) < :'on_date'
                                  and (freed.kind = 'END' or freed.kind = 'RENAME' and freed.code <> '')));

-- Nobody comes to stand below himself: on the plan's date, and on every later date on which
-- a unit with subordinates is known to move.
insert into plan_against (line, field, reason, subject)
with recursive later as (
    select distinct lower(edge.valid) as on_date
    from organisation_parent edge
    where edge.has_subordinates and upper_inf(edge.recorded) and lower(edge.valid) > :'on_date'
      and exists (select from organisation_parent earlier
                  where earlier.organisation_id = edge.organisation_id
                    and upper_inf(earlier.recorded) and earlier.valid << edge.valid)
    union
    select :'on_date'::date
), edge as materialized (
    select later.on_date, known.organisation_id, known.superior_id
    from organisation_parent known
    join later on known.valid @> later.on_date
    where upper_inf(known.recorded)
      and (known.has_subordinates
           or known.organisation_id in (select superior_id from plan_doing where effect <> 'END'))
      and not exists (select from plan_doing doing
                      where doing.organisation_id = known.organisation_id
                        and doing.effect in ('END', 'MOVE'))
    union all
    select later.on_date, doing.organisation_id, doing.superior_id
    from plan_doing doing
    cross join later
    where doing.effect in ('FOUND', 'MOVE') and doing.superior_id is not null
      and doing.organisation_id in (select superior_id from plan_after)
), reached (on_date, organisation_id) as (
    select later.on_date, organisation.organisation_id
    from organisation
    cross join later
    where not exists (select from organisation_parent edge
                      where edge.organisation_id = organisation.organisation_id)
      and organisation.organisation_id not in (select organisation_id from plan_code_given)
    union
    select edge.on_date, edge.organisation_id
    from reached
    join edge on edge.superior_id = reached.organisation_id and edge.on_date = reached.on_date
), unreached as (
    select distinct organisation_id
    from (select on_date, organisation_id from edge
          except
          select on_date, organisation_id from reached) ring
)
select doing.line, 'superior', 'WOULD_FORM_CYCLE', doing.organisation_id::text
from plan_doing doing
join unreached using (organisation_id)
where doing.effect in ('FOUND', 'MOVE')
  and doing.superior_id in (select organisation_id from unreached);

-- A notice: the same name twice under one superior.
insert into plan_against (line, field, reason, blocks, subject)
with named as (
    select line.line, line.organisation_id, fold(line.name) as name, edge.superior_id
    from plan_line line
    join plan_after edge on edge.organisation_id = line.organisation_id
    where line.kind in ('FOUND', 'RENAME') and line.name <> ''
), beside as (
    select edge.superior_id, edge.organisation_id, fold(name.name) as name
    from plan_after edge
    join organisation_name name
      on name.organisation_id = edge.organisation_id
     and upper_inf(name.recorded) and name.valid @> :'on_date'::date
    where edge.superior_id in (select superior_id from named)
      and edge.organisation_id not in (select organisation_id from named)
    union all
    select superior_id, organisation_id, name from named
)
select distinct on (named.line) named.line, 'name', 'NAME_COLLIDES', false, beside.organisation_id::text
from named
join beside on beside.superior_id = named.superior_id and beside.name = named.name
           and beside.organisation_id <> named.organisation_id;
