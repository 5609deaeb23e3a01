-- Dissemination within a period, over the unions that exist at its end ($10; without suspended
-- ones, if $11): how many were reached, how many people in them, and how many people there are to
-- reach. Several activities of one union reach the same people, so the largest counts. People at
-- work are the workforce of the union's employers as last surveyed, its members where none was.
with alive as materialized (
    select u.unit_id, u.line from unions_on($1, $2, $3, $4, $5, $6, $7, $10, $11) u
)
select a.line as "line!",
       count(reached.people) as "unions_reached!",
       coalesce(sum(reached.people), 0)::bigint as "people_reached!",
       coalesce(sum(present.people), 0)::bigint as "people_at_work!"
from alive a
cross join lateral (
    select max(d.members_reached + d.workers_reached)::bigint as people
    from activity d
    where d.organisation_id = a.unit_id and d.kind = 'DISSEMINATION'
      and d.held_on >= $8 and d.held_on < $9
) reached
cross join lateral (
    -- Nobody is reached who is not there: a survey that is behind does not make 110 %.
    select greatest(
        reached.people,
        members_before(a.unit_id, $10::date + 1),
        (select sum(e.workforce)::bigint
         from employer_survey e
         where e.union_ids @> array[a.unit_id] and e.surveyed_on <= $10
           and not exists (select from employer_survey later
                           where later.employer_id = e.employer_id
                             and later.surveyed_on > e.surveyed_on and later.surveyed_on <= $10))
    ) as people
) present
group by a.line
