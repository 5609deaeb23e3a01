-- What became of the cards of a person: from which day on each is not valid, and by what
-- (membership.v1.CardState). What came first decides: what somebody said of it, a later card, the end
-- of the membership with which she got it, its time. Whoever goes on in another union on the day on
-- which she leaves one goes on with her card. The cards of whoever was merged are those of the one who
-- survives, and stand with her memberships.
create or replace function card_life(p_person uuid)
    returns table (card_id uuid, over_on date, over_as smallint)
    language sql stable
as $body$
    with survivor as materialized (
        select coalesce((select person_merge.root_id from person_merge
                         where person_merge.person_id = p_person), p_person) as person_id
    ), card as materialized (
        select card.card_id, card.issued_on, card.until_on, card.ended_on, card.ended_as
        from card
        where card.person_id = any (array(
            select survivor.person_id from survivor
            union all
            select person_merge.person_id from person_merge
            where person_merge.root_id = (select survivor.person_id from survivor)))
    ), stay as materialized (
        select membership.from_on, membership.until_on
        from membership
        where membership.person_id = (select survivor.person_id from survivor)
    )
    select card.card_id, first.on_day, first.as_state
    from card
    left join lateral (
        select ends.on_day, ends.as_state
        from (
            select card.ended_on, card.ended_as
            union all
            select min(later.issued_on), 3::smallint
            from card later
            where (later.issued_on, later.card_id) > (card.issued_on, card.card_id)
            union all
            select card.issued_on, 5::smallint
            where not exists (select from stay
                              where stay.from_on <= card.issued_on
                                and (stay.until_on is null or stay.until_on > card.issued_on))
            union all
            select min(stay.until_on), 5::smallint
            from stay
            where stay.until_on > card.issued_on
              and not exists (select from stay next
                              where next.from_on = stay.until_on
                                and (next.until_on is null or next.until_on > next.from_on))
            union all
            select card.until_on, 6::smallint
        ) as ends (on_day, as_state)
        where ends.on_day is not null
        order by ends.on_day, ends.as_state = 3, ends.as_state
        limit 1
    ) first on true;
$body$;
