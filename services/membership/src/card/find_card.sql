-- The card with the number $1, where its holder lies in the caller's scope, as it stands on $2. In
-- whose scope somebody lies is looked up in any case.
with bearer as materialized (
    select person_id, card_id from card where number = $1
), looked_at as materialized (
    select coalesce((select person_id from bearer),
                    (select person_id from person order by person_id desc limit 1)) as person_id
), in_scope as materialized (
    select scope.person_id
    from looked_at
    cross join lateral persons_in_scope(array[looked_at.person_id]) as scope (person_id)
), life as materialized (
    select life.card_id, life.over_on, life.over_as
    from looked_at
    cross join lateral card_life(looked_at.person_id) life
)
select card.card_id, card.issue_id, card.number, person.person_id, person.name,
       card.organisation_id, card.issued_on, card.until_on,
       case when life.over_on <= $2 then life.over_as else 1::smallint end as "state!",
       case when life.over_on <= $2 then life.over_on end as "over_on?",
       case when life.over_on <= $2 and life.over_as = 4 then card.ended_reason end
           as "revocation_reason?",
       card.replaces_id, card.decision_id
from in_scope
join bearer using (person_id)
join card on card.person_id = bearer.person_id and card.card_id = bearer.card_id
join person on person.person_id = coalesce((select root_id from person_merge
                                            where person_merge.person_id = card.person_id),
                                           card.person_id)
join life on life.card_id = card.card_id
where card.issued_on <= $2
