-- The cards of those who are members of the union $1 on $2, as far as they were issued by then, as
-- they stand on that day ($3: only those that stand so).
select card.card_id, card.issue_id, card.number, person.person_id, person.name,
       card.organisation_id, card.issued_on, card.until_on,
       case when life.over_on <= $2 then life.over_as else 1::smallint end as "state!",
       case when life.over_on <= $2 then life.over_on end as "over_on?",
       case when life.over_on <= $2 and life.over_as = 4 then card.ended_reason end
           as "revocation_reason?",
       card.replaces_id, card.decision_id
from membership
join person on person.person_id = membership.person_id
cross join lateral (
    select membership.person_id as holder_id
    union all
    select person_merge.person_id from person_merge where root_id = membership.person_id
) holder
cross join lateral (
    select * from card where card.person_id = holder.holder_id offset 0
) card
cross join lateral card_life(membership.person_id) life
where membership.organisation_id = $1 and membership.from_on <= $2
  and (membership.until_on is null or membership.until_on > $2)
  and card.issued_on <= $2 and life.card_id = card.card_id
  and ($3::smallint is null
       or $3 = case when life.over_on <= $2 then life.over_as else 1::smallint end)
  and ($4::uuid is null
       or membership.person_id >= $4
          and (membership.person_id, card.card_id) > ($4, $5))
order by membership.person_id, card.card_id limit $6
