-- Everyone who follows, or followed, one of $1, as known now.
select assignment_id as "assignment_id!", body_id as "body_id!", office_id as "office_id!",
       person_id as "person_id!", unit_id as "unit_id!", lower(valid) as "from_on!",
       upper(valid) as "until_on?"
from unit_assignment
where unit_id = any($1::uuid[]) and upper_inf(recorded)
order by unit_id, assignment_id, valid
