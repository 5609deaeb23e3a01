-- Unions of a round ($1), wherever they stand, of some states ($3; of all, if there are none), after one of
-- them ($4), of the caller's scope; named as they were called when they were listed ($2).
select listed.organisation_id as "organisation_id!",
       coalesce(name_on(listed.organisation_id, $2), '') as "organisation_name!", listed.sector as "sector!",
       listed.state as "state!", listed.ineligible as "ineligible?", listed.self_tenths as "self_tenths?",
       listed.appraised_tenths as "appraised_tenths?", listed.grade as "grade?",
       listed.decided_on as "decided_on?"
from rating_of_round listed
where listed.round_id = $1
  and (cardinality($3::text[]) = 0 or listed.state = any($3))
  and listed.organisation_id > $4
  and access.covers(listed.organisation_id)
order by listed.organisation_id
limit $5
