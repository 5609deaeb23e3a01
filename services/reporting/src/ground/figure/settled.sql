-- What membership has yet to carry out of what registry decided, by a day ($1), beside the members of
-- units that ended: of all units or, if there is a list of them ($2), of these alone, that applicants are to be
-- admitted and movements are to be taken back. Membership does it a little after registry: what it had not
-- heard of when it last told anything is under way, and so is whatever it carries out in parts; the rest waits
-- for somebody. A row says at least how far membership is.
select told.registry_position as "registry_position!", told.left_from, unfinished.unit_id as "unit_id?",
       unfinished.position as "position?"
from membership_told told
left join (
    select f.organisation_id as unit_id, f.position
    from founding_under_way f
    where f.founded_on <= $1 and ($2::uuid[] is null or f.organisation_id = any($2))
    union all
    select m.unit_id, m.position
    from movement_left m
    where m.from_on <= $1 and ($2::uuid[] is null or m.unit_id = any($2))
) unfinished on true
