-- Dissemination within a period ($8 to the day before $9), over the unions that exist at its end ($10;
-- without suspended ones, if $11) under each of some heads ($1): how many were reached, how many people in
-- them, and how many people there are to reach. A union where nobody came was not reached. Several
-- activities of one union reach the same people, so the largest counts. People at work are the workforce of
-- the union's employers as last surveyed, its members where none was, or where they are more. What was
-- reported does not change how many there are: where more people were reached than are known to be there,
-- the figure says so, above 100 %. It is not refused when it is recorded, since a survey and a roll that
-- are behind may be right later, and paper comes late.
with alive as materialized (
    select head.unit_id as head_id, u.unit_id, u.line
    from unnest($1::uuid[]) as head (unit_id)
    cross join lateral unions_on(head.unit_id, $2, $3, $4, $5, $6, $7, $10, $11) u
),
-- A union counts under each head above it, and is asked once.
of_union as materialized (
    select a.unit_id, reached.people as reached, present.people as present
    from (select distinct unit_id from alive) a
    cross join lateral (
        select max(d.members_reached + d.workers_reached)::bigint as people
        from activity d
        where d.organisation_id = a.unit_id and d.kind = 'DISSEMINATION'
          and d.held_on >= $8 and d.held_on < $9
    ) reached
    cross join lateral (
        select greatest(
            members_before(a.unit_id, $10::date + 1),
            (select sum(e.workforce)::bigint
             from employer_survey e
             where e.union_ids @> array[a.unit_id] and e.surveyed_on <= $10
               and not exists (select from employer_survey later
                               where later.employer_id = e.employer_id
                                 and later.surveyed_on > e.surveyed_on and later.surveyed_on <= $10))
        ) as people
    ) present
)
select a.head_id as "head!", a.line as "line!",
       count(*) filter (where u.reached > 0) as "unions_reached!",
       coalesce(sum(u.reached), 0)::bigint as "people_reached!",
       coalesce(sum(u.present), 0)::bigint as "people_at_work!"
from alive a
join of_union u on u.unit_id = a.unit_id
group by a.head_id, a.line
