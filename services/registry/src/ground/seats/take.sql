-- Seats taken from $6 on, until $11 where that is known. $1 office ids, $2 body kinds, $3 positions, $4 persons, $5 planned
-- ends or null; $7 the organisation, $8 the body where one steering committee is meant, $9
-- when recorded, $10 the act.
insert into office
    (office_id, body_id, organisation_id, body, position, person_id, term_until, sole, valid,
     recorded, act_id)
select seat.office_id, body.body_id, $7, seat.body, seat.position, seat.person_id,
       seat.term_until, rule.sole, daterange($6, $11), tstzrange($9, null), $10
from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::date[])
     as seat (office_id, body, position, person_id, term_until)
join position_rule rule on rule.body = seat.body and rule.position = seat.position
join body on body.organisation_id = $7 and body.body = seat.body
         and ($8::uuid is null or body.body_id = $8)
order by seat.person_id
