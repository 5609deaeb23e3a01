-- Lists the unions that stand under an organisation ($1) on a day ($5), of a group of sectors ($2, $3, $4)
-- and under some organisations ($11; under all, if there are none), for a round ($9) of a year ($10):
-- each with why it is not rated for what ends on $6, if it is not.
insert into rating_of_round (round_id, organisation_id, year, ineligible, takes_part, sector, state)
select $9, u.unit_id, $10, why.ineligible, why.ineligible is null, coalesce(s.sector, ''),
       case when why.ineligible is null then 'AWAITING_SELF_SCORE' else 'NOT_RATED' end
from unions_on($1, null, 'NONE', $2, $3, $4, false, $5, false) u
left join organisation_sector s on s.organisation_id = u.unit_id and s.valid @> $5::date
cross join lateral (
    select coalesce(
        rating_ineligibility(u.unit_id, $6::date, $7, $8),
        case when exists (select from rating_of_round other
                          where other.organisation_id = u.unit_id and other.year = $10 and other.takes_part)
             then 'IN_ANOTHER_ROUND' end) as ineligible
) why
where u.unit_id <> $1
  and access.covers(u.unit_id)
  and (cardinality($11::uuid[]) = 0
       or exists (select from line_on(u.unit_id, $5) as above (organisation_id)
                  where above.organisation_id = any($11)))
