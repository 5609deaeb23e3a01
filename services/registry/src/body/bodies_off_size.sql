-- Bodies in which more people sat on $2 than may, or fewer than must, by the last congress by
-- then, in what lay below $1 and in $1 itself: after the body $4 of the organisation $3, at
-- most $5; as known at $6 (null for now).
select off.organisation_id as "organisation_id!",
       off.body as "body!",
       off.held as "held!",
       off.least as "least!",
       off.most as "most!",
       off.allowed as "allowed!",
       off.congress_id as "congress_id!",
       off.member_count as "member_count?"
from (
    select unit.organisation_id, judged.body, judged.least, judged.most, judged.allowed,
           last.congress_id, last.member_count, filled.people as held
    from (select organisation_id from living_subtree($1, $2, coalesce($6::timestamptz, 'infinity')) as below (organisation_id)
          where $3::uuid is null or organisation_id >= $3
          order by organisation_id) unit
    cross join lateral (
        select congress.congress_id, congress.member_count from congress
        where congress.organisation_id = unit.organisation_id and congress.held_on <= $2::date
          and congress.recorded_at <= coalesce($6::timestamptz, 'infinity')
        order by congress.held_on desc
        limit 1
    ) last
    join congress_body judged on judged.congress_id = last.congress_id
    cross join lateral (
        select count(*)::int as people from office
        where office.organisation_id = unit.organisation_id and office.body = judged.body
          and office.valid @> $2::date and office.recorded @> coalesce($6::timestamptz, 'infinity')
    ) filled
    where (filled.people > judged.allowed or filled.people < judged.least)
      and ($3::uuid is null or (unit.organisation_id, judged.body) > ($3::uuid, $4::text))
    order by unit.organisation_id, judged.body
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) off
where access.covers(off.organisation_id)
limit $5
