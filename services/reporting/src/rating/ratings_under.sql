-- Unions of a round ($2) that stood under an organisation ($1) when they were listed ($3), of some states
-- ($4; of all, if there are none), after one of them ($5), of the caller's scope.
select listed.organisation_id as "organisation_id!",
       coalesce(name_on(listed.organisation_id, $3), '') as "organisation_name!", listed.sector as "sector!",
       listed.state as "state!", listed.ineligible as "ineligible?", listed.self_tenths as "self_tenths?",
       listed.appraised_tenths as "appraised_tenths?", listed.grade as "grade?",
       listed.decided_on as "decided_on?"
from (
    select listed.*
    from place($1, null) p
    join rating_of_round listed on listed.round_id = $2 and listed.organisation_id = p.unit_id
    where p.valid @> $3::date
      and (cardinality($4::text[]) = 0 or listed.state = any($4))
      and listed.organisation_id > $5
    order by listed.organisation_id
    offset 0
) listed
where access.covers(listed.organisation_id)
limit $6
