-- Of which of $1 something is known that begins after $2, or an end: what becomes known of that day
-- comes before it. What others know of it (who stands below, who inherits, who surveyed) is not
-- told with its life.
select named.organisation_id as "organisation_id!"
from unnest($1::uuid[]) as named (organisation_id)
cross join lateral (
    select from organisation_ending ending
    where ending.organisation_id = named.organisation_id and upper_inf(ending.recorded)
    union all
    select from organisation_fact known
    where known.organisation_id = named.organisation_id
      and lower(known.valid) > $2::date
      and known.attribute not in ('SUBORDINATE', 'HEIR', 'DIRECTS', 'EMPLOYER', 'SURVEY',
                                  'CAMPAIGN', 'SUCCESSION_PLAN', 'GRANT', 'DECISION')
    -- A fence: looked up for each of them.
    limit 1
) later
order by named.organisation_id
