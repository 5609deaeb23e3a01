-- How far membership has carried out, by the end of a day ($8), what registry decided about units
-- that count here: those that ended, and of them and of others those where it has not. Membership
-- does it a little after registry: what it had not heard of when it last told anything is under
-- way, and so is whatever it carries out in parts; the rest waits for somebody, as the members do
-- whom it passed over.
with counted as materialized (
    select distinct p.unit_id from piece($1, $2, $3, $4, $5, $6, $7) p where p.valid @> $8::date
),
ended as materialized (
    select o.organisation_id as unit_id,
           o.ending_change_id,
           members_before(o.organisation_id, $8::date + 1) as members
    from counted c
    join organisation o on o.organisation_id = c.unit_id
    where o.ended_on <= $8
),
unfinished as (
    -- Members are left in them.
    select e.unit_id, seen.position
    from ended e
    left join change_seen seen on seen.change_id = e.ending_change_id
    where e.members <> 0
    union all
    select o.organisation_id, null
    from counted c
    join organisation o on o.organisation_id = c.unit_id
    where o.never_existed and members_before(o.organisation_id, $8::date + 1) <> 0
    -- They ended elsewhere, and their members continue here.
    union all
    select o.organisation_id, seen.position
    from counted c
    join organisation o on o.members_to_id = c.unit_id
    left join change_seen seen on seen.change_id = o.ending_change_id
    where o.ended_on <= $8
      and o.organisation_id not in (select unit_id from counted)
      and members_before(o.organisation_id, $8::date + 1) <> 0
    -- Applicants are to be admitted.
    union all
    select f.organisation_id, f.position
    from counted c
    join founding_under_way f on f.organisation_id = c.unit_id
    where f.founded_on <= $8
    -- Movements are to be taken back.
    union all
    select m.unit_id, m.position
    from counted c
    join movement_left m on m.unit_id = c.unit_id
    where m.from_on <= $8
)
select (select count(*)
        from (select unit_id from ended union select unit_id from unfinished) every) as "expected!",
       count(distinct u.unit_id) as "missing!",
       count(distinct u.unit_id) filter (
           where u.position > told.registry_position or u.position >= told.left_from
       ) as "under_way!"
from membership_told told
left join unfinished u on true
