-- Does what was found; after check.sql, which found nothing against it. Variables: `on_date`,
-- `act_id`, `acted_at` and `decision_id`. What one statement sets free, such as a code, a
-- later one takes. Where thousands of rows are written they are sorted first, as the indexes of
-- the exclusion constraints are: each goes next to the one before.

-- Whoever is founded is referred to by what follows.
insert into organisation (organisation_id, act_id, recorded_at)
select organisation_id, :'act_id', :'acted_at' from plan_line where kind = 'FOUND';

-- Superiors before and after.
with replaced as (
    update organisation_parent edge
    set recorded = tstzrange(lower(edge.recorded), greatest(lower(edge.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from plan_doing doing
    where edge.organisation_id = doing.organisation_id and doing.effect in ('END', 'MOVE')
      and upper_inf(edge.recorded) and upper_inf(edge.valid)
    returning edge.organisation_id, edge.superior_id, edge.has_subordinates,
              lower(edge.valid) as valid_from, doing.effect, doing.superior_id as taken_by
), kept as (
    insert into organisation_parent
        (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
    select organisation_id, superior_id, daterange(valid_from, :'on_date'),
           tstzrange(:'acted_at', null), has_subordinates, :'act_id'
    from replaced
    order by organisation_id
)
insert into organisation_parent
    (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
select organisation_id, taken_by, daterange(:'on_date', null), tstzrange(:'acted_at', null),
       has_subordinates, :'act_id'
from replaced
where effect = 'MOVE'
order by organisation_id;

-- Codes of those that end, and of those that are given another.
with freed as (
    select organisation_id from plan_doing where effect = 'END'
    union
    select organisation_id from plan_line where kind = 'RENAME' and code <> ''
), replaced as (
    update organisation_code known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from freed
    where known.organisation_id = freed.organisation_id and upper_inf(known.recorded)
      and (upper_inf(known.valid) or upper(known.valid) > :'on_date')
    returning known.organisation_id, known.code,
              known.valid * daterange(null, :'on_date') as valid
)
insert into organisation_code (organisation_id, code, valid, recorded, act_id)
select organisation_id, code, valid, tstzrange(:'acted_at', null), :'act_id'
from replaced
where not isempty(valid)
order by organisation_id;
insert into organisation_code (organisation_id, code, valid, recorded, act_id)
select organisation_id, code, daterange(:'on_date', null), tstzrange(:'acted_at', null), :'act_id'
from plan_line
where kind = 'RENAME' and code <> '';

-- Names.
with replaced as (
    update organisation_name known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from plan_line line
    where line.kind = 'RENAME' and (line.name <> '' or line.short_name <> '')
      and known.organisation_id = line.organisation_id
      and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.organisation_id, known.name, known.short_name,
              lower(known.valid) as valid_from,
              coalesce(nullif(line.name, ''), known.name) as new_name,
              coalesce(nullif(line.short_name, ''), known.short_name) as new_short_name
), kept as (
    insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
    select organisation_id, name, short_name, daterange(valid_from, :'on_date'),
           tstzrange(:'acted_at', null), :'act_id'
    from replaced
)
insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
select organisation_id, new_name, new_short_name, daterange(:'on_date', null),
       tstzrange(:'acted_at', null), :'act_id'
from replaced;

-- Types, and the sectors that go with them.
with replaced as (
    update organisation_type known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from plan_retyped retyped
    where known.organisation_id = retyped.organisation_id
      and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.organisation_id, known.type, lower(known.valid) as valid_from,
              retyped.type as new_type
), kept as (
    insert into organisation_type (organisation_id, type, valid, recorded, act_id)
    select organisation_id, type, daterange(valid_from, :'on_date'), tstzrange(:'acted_at', null),
           :'act_id'
    from replaced
)
insert into organisation_type (organisation_id, type, valid, recorded, act_id)
select organisation_id, new_type, daterange(:'on_date', null), tstzrange(:'acted_at', null),
       :'act_id'
from replaced;
with replaced as (
    update organisation_sector known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from plan_retyped retyped
    where known.organisation_id = retyped.organisation_id
      and retyped.sector <> retyped.from_sector
      and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.organisation_id, known.sector, lower(known.valid) as valid_from
)
insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
select organisation_id, sector, daterange(valid_from, :'on_date'), tstzrange(:'acted_at', null),
       :'act_id'
from replaced;
insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
select organisation_id, sector, daterange(:'on_date', null), tstzrange(:'acted_at', null),
       :'act_id'
from plan_retyped
where sector <> from_sector and sector <> '';

-- Ends.
with replaced as (
    update organisation_status known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from plan_doing doing
    where doing.effect = 'END' and known.organisation_id = doing.organisation_id
      and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.organisation_id, known.status, lower(known.valid) as valid_from
), kept as (
    insert into organisation_status (organisation_id, status, valid, recorded, act_id)
    select organisation_id, status, daterange(valid_from, :'on_date'),
           tstzrange(:'acted_at', null), :'act_id'
    from replaced
    order by organisation_id
)
insert into organisation_status (organisation_id, status, valid, recorded, act_id)
select organisation_id, 'ENDED', daterange(:'on_date', null), tstzrange(:'acted_at', null),
       :'act_id'
from replaced
order by organisation_id;
insert into organisation_ending
    (organisation_id, ended_on, kind, principal_successor_id, last_superior_id,
     members_outcome, rehome_to_id, decision_id, recorded, act_id)
select line.organisation_id, :'on_date', line.end_kind, line.successor_id, unit.superior_id,
       line.members_outcome, line.rehome_to_id, :'decision_id', tstzrange(:'acted_at', null),
       :'act_id'
from plan_line line
join plan_unit unit on unit.organisation_id = line.organisation_id
where line.kind = 'END'
order by line.organisation_id;
insert into organisation_succession
    (predecessor_id, successor_id, kind, succeeded_on, share, share_whole, principal, recorded,
     act_id)
select organisation_id, successor_id, end_kind, :'on_date', 1, 1, true,
       tstzrange(:'acted_at', null), :'act_id'
from plan_line
where kind = 'END' and successor_id is not null
order by organisation_id;

-- Foundings.
insert into organisation_founding
    (organisation_id, founded_on, origin, decision_id, recorded, act_id)
select organisation_id, :'on_date', 'FOUNDED', :'decision_id', tstzrange(:'acted_at', null),
       :'act_id'
from plan_line where kind = 'FOUND';
insert into organisation_parent
    (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
select organisation_id, superior_id, daterange(:'on_date', null), tstzrange(:'acted_at', null),
       -- Not `in`: units that end have no superior after, and null would make this one null.
       exists (select from plan_doing doing where doing.superior_id = plan_line.organisation_id),
       :'act_id'
from plan_line where kind = 'FOUND';
insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
select organisation_id, name, short_name, daterange(:'on_date', null),
       tstzrange(:'acted_at', null), :'act_id'
from plan_line where kind = 'FOUND';
insert into organisation_code (organisation_id, code, valid, recorded, act_id)
select organisation_id, unit, daterange(:'on_date', null), tstzrange(:'acted_at', null), :'act_id'
from plan_line where kind = 'FOUND';
insert into organisation_type (organisation_id, type, valid, recorded, act_id)
select organisation_id, type, daterange(:'on_date', null), tstzrange(:'acted_at', null), :'act_id'
from plan_line where kind = 'FOUND';
insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
select organisation_id, sector, daterange(:'on_date', null), tstzrange(:'acted_at', null), :'act_id'
from plan_line where kind = 'FOUND' and sector <> '';
insert into organisation_industry (organisation_id, industry, valid, recorded, act_id)
select organisation_id, industry, daterange(:'on_date', null), tstzrange(:'acted_at', null),
       :'act_id'
from plan_line where kind = 'FOUND' and industry <> '';
insert into organisation_status (organisation_id, status, valid, recorded, act_id)
select organisation_id, 'ACTIVE', daterange(:'on_date', null), tstzrange(:'acted_at', null),
       :'act_id'
from plan_line where kind = 'FOUND';

-- Whoever has subordinates now is part of the skeleton.
update organisation_parent
set has_subordinates = true
where not has_subordinates
  and organisation_id in (select superior_id from plan_doing where effect in ('FOUND', 'MOVE'));

-- Offices in the bodies of those that end, what their holders follow, and who follows them.
create temp table plan_office_ended on commit drop as
select office.office_id, office.organisation_id, office.person_id
from office
join plan_doing doing on doing.effect = 'END' and doing.organisation_id = office.organisation_id
where upper_inf(office.recorded)
  and (upper_inf(office.valid) or upper(office.valid) > :'on_date');
analyze plan_office_ended;
with replaced as (
    update office held
    set recorded = tstzrange(lower(held.recorded), greatest(lower(held.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from plan_office_ended ended
    where held.office_id = ended.office_id and upper_inf(held.recorded)
    returning held.*
)
insert into office
    (office_id, body_id, organisation_id, body, position, person_id, term_until, sole, valid,
     recorded, act_id)
select office_id, body_id, organisation_id, body, position, person_id, term_until, sole,
       valid * daterange(null, :'on_date'), tstzrange(:'acted_at', null), :'act_id'
from replaced
where not isempty(valid * daterange(null, :'on_date'));

create temp table plan_assignment_ended on commit drop as
select distinct assignment.assignment_id
from unit_assignment assignment
where upper_inf(assignment.recorded)
  and (upper_inf(assignment.valid) or upper(assignment.valid) > :'on_date')
  and (assignment.office_id in (select office_id from plan_office_ended)
       or assignment.unit_id in (select organisation_id from plan_doing where effect = 'END'));
with replaced as (
    update unit_assignment known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), :'acted_at')),
        replaced_by = :'act_id'
    from plan_assignment_ended ended
    where known.assignment_id = ended.assignment_id and upper_inf(known.recorded)
    returning known.*
)
insert into unit_assignment
    (assignment_id, body_id, office_id, person_id, unit_id, valid, recorded, act_id)
select assignment_id, body_id, office_id, person_id, unit_id,
       valid * daterange(null, :'on_date'), tstzrange(:'acted_at', null), :'act_id'
from replaced
where not isempty(valid * daterange(null, :'on_date'));
