-- Offices held on $2 in $1 and what lay below it by people who had been members by then, and
-- who on $2 were members nowhere, or of a union that did not lie at or below the office's
-- organisation: after the office $3, at most $4. Of somebody who never belonged there and lies
-- out of the caller's scope nothing is told, whoever gave her an office.
select held.office_id as "office_id!",
       held.organisation_id as "organisation_id!",
       held.body as "body!",
       held.position as "position!",
       held.person_id as "person_id!",
       held.left_on as "left_on!",
       held.member_of_id as "member_of_id?"
from (
    select office.office_id, office.organisation_id, office.body, office.position,
           office.person_id, member.organisation_id as member_of_id, past.belonged,
           past.last_union_id, coalesce(lower(member.valid), past.left_on) as left_on
    from office
    -- Whoever was merged is a member as the one who survives.
    cross join lateral (
        select coalesce((select root_id from person_merge
                         where person_merge.person_id = office.person_id),
                        office.person_id) as person_id
    ) holder
    cross join lateral (
        -- No row of one who had not been a member by then.
        select max(upper(known.valid)) as left_on,
               bool_or(office.organisation_id in (
                   select line_on(known.organisation_id,
                                  least($2::date, upper(known.valid) - 1)))) as belonged,
               (array_agg(known.organisation_id order by lower(known.valid) desc))[1]
                   as last_union_id
        from membership known
        where known.person_id = holder.person_id and not isempty(known.valid)
          and lower(known.valid) <= $2::date
        having count(*) > 0
    ) past
    left join lateral (
        select known.organisation_id, known.valid
        from membership known
        where known.person_id = holder.person_id and known.valid @> $2::date
        order by lower(known.valid) desc
        limit 1
    ) member on true
    where office.organisation_id in (select unit_id from place_as_of($1, $2))
      and office.valid @> $2::date
      and ($3::uuid is null or office.office_id > $3)
      and (member.organisation_id is null
           or office.organisation_id not in (select line_on(member.organisation_id, $2)))
    order by office.office_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) held
where access.covers(held.organisation_id)
  and (held.belonged or access.covers(coalesce(held.member_of_id, held.last_union_id)))
limit $4
