-- Of which of $1 something is known that begins after $2, or an end: what becomes known of that day
-- comes before it. What others know of it (who stands below, who inherits, who surveyed) is not
-- told with its life.
select organisation_id as "organisation_id!"
from unnest($1::uuid[]) as named (organisation_id)
where exists (select from organisation_ending ending
              where ending.organisation_id = named.organisation_id and upper_inf(ending.recorded))
   or exists (select from organisation_fact known
              where known.organisation_id = named.organisation_id
                and lower(known.valid) > $2::date
                and known.attribute not in ('SUBORDINATE', 'HEIR', 'DIRECTS', 'EMPLOYER', 'SURVEY',
                                            'CAMPAIGN', 'SUCCESSION_PLAN', 'GRANT', 'DECISION'))
order by organisation_id
