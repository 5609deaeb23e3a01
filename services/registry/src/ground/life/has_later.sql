-- Of which of $1 something is known that begins after $2, or an end: what becomes known of that day
-- comes before it. What is told with a life is in this list, and what is counted by what the
-- organisation was on its day: a congress is one of a grassroots union or of a superior.
select organisation_id as "organisation_id!"
from unnest($1::uuid[]) as named (organisation_id)
where exists (select from organisation_ending ending
              where ending.organisation_id = named.organisation_id and upper_inf(ending.recorded))
   or exists (select from organisation_parent known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from organisation_status known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from organisation_type known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from organisation_sector known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from organisation_industry known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from organisation_name known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from organisation_code known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from office known
              where known.organisation_id = named.organisation_id and upper_inf(known.recorded)
                and lower(known.valid) > $2::date)
   or exists (select from congress known
              where known.organisation_id = named.organisation_id and known.held_on > $2::date)
   or exists (select from by_election known
              where known.organisation_id = named.organisation_id and known.held_on > $2::date)
order by organisation_id
