-- The cards of the person $1, and of whoever was merged into her, that were issued by $2, as they stand on that day ($3: only those that
-- stand so).
select card.card_id, card.issue_id, card.number, person.person_id, person.name,
       card.organisation_id, card.issued_on, card.until_on,
       case when life.over_on <= $2 then life.over_as else 1::smallint end as "state!",
       case when life.over_on <= $2 then life.over_on end as "over_on?",
       case when life.over_on <= $2 and life.over_as = 4 then card.ended_reason end
           as "revocation_reason?",
       card.replaces_id, card.decision_id
from card
join person on person.person_id = $1
join card_life($1) life on life.card_id = card.card_id
where card.person_id = any (array(select $1
                                  union all
                                  select person_merge.person_id from person_merge
                                  where root_id = $1))
  and card.issued_on <= $2
  and ($3::smallint is null
       or $3 = case when life.over_on <= $2 then life.over_as else 1::smallint end)
  and ($4::uuid is null or card.card_id > $4)
order by card.card_id limit $5
