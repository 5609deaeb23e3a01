-- Units that ended by a day, and those of them whose members have all found their place:
-- membership carries out what an end means for members a little after registry ends a unit.
select count(*) as "ended!",
       count(*) filter (where members_before(o.organisation_id, $8::date + 1) = 0) as "settled!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join organisation o on o.organisation_id = p.unit_id
where p.valid @> $8::date and o.ended_on <= $8
