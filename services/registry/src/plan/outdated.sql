-- Steps of which something else was found than by the dry run $1: other acts on their units,
-- other subordinates, other steps.
select line, organisation_id
from ((select line, effect, organisation_id, from_superior_id, superior_id, implied, version
       from plan_found
       except
       select line, effect, organisation_id, from_superior_id, superior_id, implied, version
       from plan_effect where operation_id = $1)
      union
      (select line, effect, organisation_id, from_superior_id, superior_id, implied, version
       from plan_effect where operation_id = $1
       except
       select line, effect, organisation_id, from_superior_id, superior_id, implied, version
       from plan_found)) differing
group by line, organisation_id
order by line, organisation_id
