-- The units that stand directly below an organisation ($1) on a day ($2), by name.
select e.organisation_id as "organisation_id!"
from edge e
join organisation o on o.organisation_id = e.organisation_id
where e.superior_id = $1 and e.valid @> $2::date and not o.never_existed and access.covers($1)
limit 10000
