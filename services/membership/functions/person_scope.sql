-- The organisations in whose scope a person lies: the union that counts her today; if none
-- does, her last union (access.covers goes on to its heir) and whoever has her open
-- application; if there was never one, whoever wrote her down. Whoever was merged lies where the one
-- lies who survives.
create or replace function person_scope(p_person uuid) returns setof uuid
    language sql stable
as $body$
    with whose as materialized (
        select coalesce((select person_merge.root_id from person_merge
                         where person_merge.person_id = p_person), p_person) as person_id
    ), today as materialized (
        select access.today() as day
    ), counted as (
        select organisation_id from membership, today
        where person_id = (select whose.person_id from whose) and from_on <= day and (until_on is null or until_on > day)
    ), last_union as (
        select organisation_id from membership
        where person_id = (select whose.person_id from whose) and not exists (select from counted)
        -- Ids tell the order of what happened on one day.
        order by from_on desc, until_on desc nulls first, membership_id desc
        limit 1
    ), applied as (
        select organisation_id from application, today
        where person_id = (select whose.person_id from whose) and not exists (select from counted)
          and applied_on <= day and coalesce(closed_on, lapses_on) > day
    )
    select organisation_id from counted
    union select organisation_id from last_union
    union select organisation_id from applied
    union select recorded_under from person
          where person_id = (select whose.person_id from whose)
            and not exists (select from counted)
            and not exists (select from last_union)
            and not exists (select from applied);
$body$;
