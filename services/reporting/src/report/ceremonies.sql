-- Ceremonies of a period at which at least $5 decisions were handed over to unions of the
-- head, with the names that the unions had on that day.
select c.ceremony_id as "ceremony_id!",
       coalesce(name_on(c.organisation_id, c.held_on), '') as "organisation!",
       c.held_on as "held_on!",
       count(*) as "decisions!",
       array_agg(coalesce(name_on(l.organisation_id, c.held_on), '') order by l.line) as "names!",
       array_agg(l.organisation_id order by l.line) as "unions!",
       array_agg(l.decision_id order by l.line) as "decision_ids!"
from place($1, $2) p
join ceremony_launched l on l.organisation_id = p.unit_id and l.decision_id is not null
join ceremony c on c.ceremony_id = l.ceremony_id and p.valid @> c.held_on
where c.held_on between $3 and $4
group by c.ceremony_id
having count(*) >= $5
order by c.held_on, c.ceremony_id
