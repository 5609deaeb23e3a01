-- As card_life, as it was known at an instant.
create or replace function card_life_known(p_person uuid, p_at timestamptz)
    returns table (card_id uuid, over_on date, over_as smallint)
    language sql stable
as $body$
    with survivor as materialized (
        select coalesce((select person_merge_known.root_id from person_merge_known
                         where person_merge_known.person_id = p_person
                           and person_merge_known.recorded @> p_at limit 1),
                        p_person) as person_id
    ), card as materialized (
        select card_known.card_id, card_known.issued_on, card_known.until_on, card_known.ended_on,
               card_known.ended_as
        from card_known
        where card_known.person_id = any (array(
                  select survivor.person_id from survivor
                  union all
                  select person_merge_known.person_id from person_merge_known
                  where person_merge_known.root_id = (select survivor.person_id from survivor)
                    and person_merge_known.recorded @> p_at))
          and card_known.recorded @> p_at
    ), stay as materialized (
        select membership_known.from_on, membership_known.until_on
        from membership_known
        where membership_known.person_id = (select survivor.person_id from survivor)
          and membership_known.recorded @> p_at
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
