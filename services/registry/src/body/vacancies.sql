-- What bodies should have and had not on $2, in what lay below $1 and in $1 itself: after the
-- position $5 in the body $4 of the organisation $3, at most $6;
-- as known at $7 (null for now).
select vacancy.organisation_id as "organisation_id!",
       vacancy.body as "body!",
       vacancy.position as "position!",
       vacancy.held as "held!",
       vacancy.seats as "seats!"
from (
    select unit.organisation_id, missing.*
    from (select organisation_id from living_subtree($1, $2, coalesce($7::timestamptz, 'infinity')) as below (organisation_id)
          where $3::uuid is null or organisation_id >= $3
          order by organisation_id) unit
    cross join lateral (
        with held as (
            select office.body, office.position, count(*)::int as people
            from office
            where office.organisation_id = unit.organisation_id and office.body <> 'STEERING'
              and office.valid @> $2::date and office.recorded @> coalesce($7::timestamptz, 'infinity')
            group by office.body, office.position
        ), decided as (
            select congress_body.body, congress_body.seats
            from (select congress_id from congress
                  where congress.organisation_id = unit.organisation_id
                    and congress.held_on <= $2::date
                    and congress.recorded_at <= coalesce($7::timestamptz, 'infinity')
                  order by congress.held_on desc
                  limit 1) last
            join congress_body using (congress_id)
        ), body as (
            -- Those that its last congress elected, that anybody has sat in, and that each
            -- organisation of its tier has.
            select decided.body from decided
            union
            select office.body from office
            where office.organisation_id = unit.organisation_id and office.body <> 'STEERING'
              and lower(office.valid) <= $2::date and office.recorded @> coalesce($7::timestamptz, 'infinity')
            union
            select rule.body
            from organisation_type type
            join organisation_type_rule type_rule on type_rule.type = type.type
            join body_rule rule on rule.down_to_tier >= type_rule.tier
            where type.organisation_id = unit.organisation_id and type.valid @> $2::date
              and type.recorded @> coalesce($7::timestamptz, 'infinity')
        )
        select decided.body, '' as position, filled.people as held, decided.seats
        from decided
        cross join lateral (
            select coalesce(sum(held.people), 0)::int as people
            from held where held.body = decided.body
        ) filled
        where decided.seats > filled.people
        union all
        select rule.body, rule.position, 0, 1
        from body
        join position_rule rule using (body)
        where rule.required
          and not exists (select from held
                          where held.body = rule.body and held.position = rule.position)
    ) missing
    where $3::uuid is null
       or (unit.organisation_id, missing.body, missing.position) > ($3::uuid, $4::text, $5::text)
    order by unit.organisation_id, missing.body, missing.position
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) vacancy
where access.covers(vacancy.organisation_id)
limit $6
