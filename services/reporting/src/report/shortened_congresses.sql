-- Congresses of a period whose term is not five years, oldest first.
select c.congress_id as "congress_id!", c.organisation_id as "organisation_id!",
       coalesce(name_on(c.organisation_id, c.held_on), '') as "organisation!",
       c.ordinal as "ordinal!", c.held_on as "held_on!",
       c.term_from_year as "term_from_year!", c.term_to_year as "term_to_year!",
       c.term_reason as "term_reason!"
from place($1, $2) p
join congress c on c.organisation_id = p.unit_id and p.valid @> c.held_on
where c.held_on between $3 and $4
  and c.term_to_year - c.term_from_year <> 5
order by c.held_on, c.congress_id
