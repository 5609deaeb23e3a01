-- As cards_of_person.sql, as it was known at $6.
select card.card_id as "card_id!", card.issue_id as "issue_id!", card.number as "number!",
       person.person_id as "person_id!", person.name as "name!",
       card.organisation_id as "organisation_id!", card.issued_on as "issued_on!",
       card.until_on,
       case when life.over_on <= $2 then life.over_as else 1::smallint end as "state!",
       case when life.over_on <= $2 then life.over_on end as "over_on?",
       case when life.over_on <= $2 and life.over_as = 4 then card.ended_reason end
           as "revocation_reason?",
       card.replaces_id, card.decision_id
from card_known card
join person_known person on person.person_id = $1
     and person.recorded @> $6::timestamptz
join card_life_known($1, $6) life on life.card_id = card.card_id
where card.person_id = any (array(select $1
                                  union all
                                  select merged.person_id from person_merge_known merged
                                  where merged.root_id = $1
                                    and merged.recorded @> $6::timestamptz))
  and card.issued_on <= $2 and card.recorded @> $6::timestamptz
  and ($3::smallint is null
       or $3 = case when life.over_on <= $2 then life.over_as else 1::smallint end)
  and ($4::uuid is null or card.card_id > $4)
order by card.card_id limit $5
