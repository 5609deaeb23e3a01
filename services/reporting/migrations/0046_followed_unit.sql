-- Who follows a unit is asked when its whole life is replaced, and before a plan ends it.
create index unit_assignment_unit on unit_assignment (unit_id);
