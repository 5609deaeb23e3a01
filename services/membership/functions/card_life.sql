-- What became of the cards of a person: from which day on each is not valid, and by what
-- (membership.v1.CardState). What came first decides: what somebody said of it, a later card, the end
-- of the membership with which she got it, its time. Whoever goes on in another union on the day on
-- which she leaves one goes on with her card.
create or replace function card_life(p_person uuid)
    returns table (card_id uuid, over_on date, over_as smallint)
    language sql stable
as $body$
    select card.card_id, first.on_day, first.as_state
    from card
    left join lateral (
        select ends.on_day, ends.as_state
        from (
            select card.ended_on, card.ended_as
            union all
            select min(later.issued_on), 3::smallint
            from card later
            where later.person_id = p_person
              and (later.issued_on, later.card_id) > (card.issued_on, card.card_id)
            union all
            select card.issued_on, 5::smallint
            where not exists (select from membership stay
                              where stay.person_id = p_person and stay.from_on <= card.issued_on
                                and (stay.until_on is null or stay.until_on > card.issued_on))
            union all
            select min(stay.until_on), 5::smallint
            from membership stay
            where stay.person_id = p_person and stay.until_on > card.issued_on
              and not exists (select from membership next
                              where next.person_id = p_person and next.from_on = stay.until_on
                                and (next.until_on is null or next.until_on > next.from_on))
            union all
            select card.until_on, 6::smallint
        ) as ends (on_day, as_state)
        where ends.on_day is not null
        order by ends.on_day, ends.as_state = 3, ends.as_state
        limit 1
    ) first on true
    where card.person_id = p_person;
$body$;
