-- As find_card.sql, as it was known at $3; who may read it is decided by what is known now.
with bearer as materialized (
    select person_id, card_id from card_known
    where number = $1 and recorded @> $3::timestamptz limit 1
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
    cross join lateral card_life_known(looked_at.person_id, $3) life
)
select card.card_id as "card_id!", card.issue_id as "issue_id!", card.number as "number!",
       person.person_id as "person_id!", person.name as "name!",
       card.organisation_id as "organisation_id!", card.issued_on as "issued_on!",
       card.until_on,
       case when life.over_on <= $2 then life.over_as else 1::smallint end as "state!",
       case when life.over_on <= $2 then life.over_on end as "over_on?",
       case when life.over_on <= $2 and life.over_as = 4 then card.ended_reason end
           as "revocation_reason?",
       card.replaces_id, card.decision_id
from in_scope
join bearer using (person_id)
join card_known card on card.person_id = bearer.person_id and card.card_id = bearer.card_id
     and card.recorded @> $3::timestamptz
join person_known person
  on person.person_id = coalesce((select root_id from person_merge_known merged
                                  where merged.person_id = card.person_id
                                    and merged.recorded @> $3::timestamptz limit 1),
                                 card.person_id)
     and person.recorded @> $3::timestamptz
join life on life.card_id = card.card_id
where card.issued_on <= $2
