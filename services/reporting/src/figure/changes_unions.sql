-- The changes that put some of the unions into the stock of a day.
select o.organisation_id as "unit_id!", o.founding_change_id as "change_id!", 1::bigint as "amount!"
from organisation o
where o.organisation_id = any($1::uuid[]) and access.covers($2)
