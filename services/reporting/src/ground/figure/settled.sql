-- What membership has yet to carry out of what registry decided, by a day ($2): of units with
-- members that are to be placed ($1), and, if there is a list of them ($3), of these alone, that
-- applicants are to be admitted and movements are to be taken back. Membership does it a little after
-- registry: what it had not heard of when it last told anything is under way, and so is whatever it
-- carries out in parts; the rest waits for somebody, as the members do whom it passed over.
select unfinished.unit_id as "unit_id!",
       unfinished.placed as "placed!",
       coalesce(unfinished.position > told.registry_position or unfinished.position >= told.left_from,
                false) as "under_way!"
from (
    select o.organisation_id as unit_id, true as placed, seen.position
    from organisation o
    left join change_seen seen on seen.change_id = o.ending_change_id
    where o.organisation_id = any($1)
    union all
    select f.organisation_id, false, f.position
    from founding_under_way f
    where f.founded_on <= $2 and ($3::uuid[] is null or f.organisation_id = any($3))
    union all
    select m.unit_id, false, m.position
    from movement_left m
    where m.from_on <= $2 and ($3::uuid[] is null or m.unit_id = any($3))
) unfinished
cross join membership_told told
