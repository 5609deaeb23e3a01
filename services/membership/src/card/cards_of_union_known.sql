-- As cards_of_union.sql, as it was known at $7.
select card.card_id as "card_id!", card.issue_id as "issue_id!", card.number as "number!",
       person.person_id as "person_id!", person.name as "name!",
       card.organisation_id as "organisation_id!", card.issued_on as "issued_on!",
       card.until_on,
       case when life.over_on <= $2 then life.over_as else 1::smallint end as "state!",
       case when life.over_on <= $2 then life.over_on end as "over_on?",
       case when life.over_on <= $2 and life.over_as = 4 then card.ended_reason end
           as "revocation_reason?",
       card.replaces_id, card.decision_id
from membership_known membership
join person_known person on person.person_id = membership.person_id
     and person.recorded @> $7::timestamptz
cross join lateral (
    select membership.person_id as holder_id
    union all
    select merged.person_id from person_merge_known merged
    where merged.root_id = membership.person_id and merged.recorded @> $7::timestamptz
) holder
cross join lateral (
    select * from card_known card
    where card.person_id = holder.holder_id and card.recorded @> $7::timestamptz
    offset 0
) card
cross join lateral card_life_known(membership.person_id, $7) life
where membership.organisation_id = $1 and membership.from_on <= $2
  and (membership.until_on is null or membership.until_on > $2)
  and membership.recorded @> $7::timestamptz
  and card.issued_on <= $2 and life.card_id = card.card_id
  and ($3::smallint is null
       or $3 = case when life.over_on <= $2 then life.over_as else 1::smallint end)
  and ($4::uuid is null
       or membership.person_id >= $4
          and (membership.person_id, card.card_id) > ($4, $5))
order by membership.person_id, card.card_id limit $6
