-- Offers to the organisation $1 ($2), or by it, person by person: the open ones, or all ($3). An offer
-- that has lapsed is not open, whether somebody has closed it or not.
select offer.standing_id as "offer_id!",
       offer.person_id as "person_id!",
       person.name as "name!",
       person.sex as "sex!",
       offer.organisation_id as "from!",
       offer.other_organisation_id as "to!",
       offer.from_on as "offered_on!",
       offer.due_on as "lapses_on!",
       case when offer.transfer_id is not null then 2
            when offer.ended_as is not null then offer.ended_as::integer
            when offer.left_on is not null then 6
            when offer.due_on <= access.today() then 5
            else 1 end as "state!",
       case when offer.transfer_id is not null then offer.left_on
            when offer.ended_on is not null then offer.ended_on
            when offer.left_on is not null then offer.left_on
            when offer.due_on <= access.today() then offer.due_on end as "closed_on?",
       offer.transfer_id as "transfer_id?",
       offer.ended_reason as "reason?",
       offer.decision_id as "decision_id?"
from (
    (select * from standing
     where not $2 and kind = 1 and organisation_id = $1
       and ($3 or ended_on is null and transfer_id is null and left_on is null
                  and due_on > access.today())
       and ($4::date is null or due_on <= $4)
       and ($5::uuid is null or (standing_id, person_id) > ($5, $6::uuid))
     order by standing_id, person_id limit $7)
    union all
    (select * from standing
     where $2 and kind = 1 and other_organisation_id = $1
       and ($3 or ended_on is null and transfer_id is null and left_on is null
                  and due_on > access.today())
       and ($4::date is null or due_on <= $4)
       and ($5::uuid is null or (standing_id, person_id) > ($5, $6::uuid))
     order by standing_id, person_id limit $7)
) offer
join person on person.person_id = offer.person_id
order by offer.standing_id, offer.person_id
limit $7
