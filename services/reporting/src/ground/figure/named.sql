-- The names of the lines of children: at the end of the period, or when they ended.
select o.organisation_id as "organisation_id!", coalesce(name_on(o.organisation_id, $2), '') as "name!"
from organisation o
where o.organisation_id = any($1::uuid[])
