-- Lists the unions that stand under an organisation ($1) on a day ($5), of a group of sectors ($2, $3, $4)
-- and under some organisations ($11; under all, if there are none), for a round ($9) of a year ($10):
-- each with why it is not rated for what ends on $6, if it is not. All is looked up before anything is
-- written, so that no look goes through what is being written.
with listed as materialized (
    select u.unit_id, coalesce(s.sector, '') as sector
    from unions_on($1, null, 'NONE', $2, $3, $4, false, $5, false) u
    left join organisation_sector s on s.organisation_id = u.unit_id and s.valid @> $5::date
    where u.unit_id <> $1
      and access.covers(u.unit_id)
      and (cardinality($11::uuid[]) = 0
           or exists (select from line_on(u.unit_id, $5) as above (organisation_id)
                      where above.organisation_id = any($11)))
), elsewhere as materialized (
    select other.organisation_id
    from listed
    join rating_of_round other on other.organisation_id = listed.unit_id
    where other.year = $10 and other.takes_part
), judged as materialized (
    select listed.unit_id, listed.sector,
           coalesce(rating_ineligibility(listed.unit_id, $6::date, $7, $8),
                    case when elsewhere.organisation_id is not null then 'IN_ANOTHER_ROUND' end) as ineligible
    from listed
    left join elsewhere on elsewhere.organisation_id = listed.unit_id
)
insert into rating_of_round (round_id, organisation_id, year, ineligible, takes_part, sector, state)
select $9, judged.unit_id, $10, judged.ineligible, judged.ineligible is null, judged.sector,
       case when judged.ineligible is null then 'AWAITING_SELF_SCORE' else 'NOT_RATED' end
from judged
