-- Dissemination within a period ($6 to the day before $7), over the unions that exist at its end ($8;
-- without suspended ones, if $9) under each of some heads ($1): how many were reached, how many people
-- in them, and how many there are to reach, as for one head.
with alive as materialized (
    select head.unit_id as head_id, u.unit_id
    from unnest($1::uuid[]) as head (unit_id)
    cross join lateral unions_on(head.unit_id, $2, 'NONE', $3, $4, $5, false, $8, $9) u
),
of_union as materialized (
    select a.unit_id, reached.people as reached, present.people as present
    from (select distinct unit_id from alive) a
    cross join lateral (
        select max(d.members_reached + d.workers_reached)::bigint as people
        from activity d
        where d.organisation_id = a.unit_id and d.kind = 'DISSEMINATION'
          and d.held_on >= $6 and d.held_on < $7
    ) reached
    cross join lateral (
        select greatest(
            members_before(a.unit_id, $8::date + 1),
            (select sum(e.workforce)::bigint
             from employer_survey e
             where e.union_ids @> array[a.unit_id] and e.surveyed_on <= $8
               and not exists (select from employer_survey later
                               where later.employer_id = e.employer_id
                                 and later.surveyed_on > e.surveyed_on and later.surveyed_on <= $8))
        ) as people
    ) present
)
select a.head_id as "head!",
       count(*) filter (where u.reached > 0) as "unions_reached!",
       coalesce(sum(u.reached), 0)::bigint as "people_reached!",
       coalesce(sum(u.present), 0)::bigint as "people_at_work!"
from alive a
join of_union u on u.unit_id = a.unit_id
group by a.head_id
