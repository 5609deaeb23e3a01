-- What a dry run found, kept under its operation.
insert into plan_effect
    (operation_id, line, effect, organisation_id, from_superior_id, superior_id, successor_id,
     rehome_to_id, implied, offices_ended, assignments_ended, grants_ended, grants_moved)
select :'operation_id', line, effect, organisation_id, from_superior_id, superior_id,
       successor_id, rehome_to_id, implied, offices_ended, assignments_ended, grants_ended,
       grants_moved
from plan_found
-- A unit that two steps name is a conflict, and is kept once.
on conflict do nothing;

insert into plan_conflict (operation_id, conflict, line, field, reason, blocks, subject)
select :'operation_id', row_number() over (order by line, field, reason, subject)::int,
       line, field, reason, blocks, subject
from plan_against;

insert into plan_count (operation_id, province_id, type, sector, before, after)
select :'operation_id', province_id, type, sector, before, after
from plan_counted
where province_id is not null;
