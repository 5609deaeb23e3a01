-- Distinct people who held an office under each of some heads ($1) at any time of a period ($8 to the
-- day before $9), and of them those who were trained in it: in each line, and (line null) in all.
-- Steering committees are no offices of a union.
with holder as materialized (
    select distinct head.unit_id as head_id, p.line, coalesce(merged.root_id, o.person_id) as person_id
    from unnest($1::uuid[]) as head (unit_id)
    cross join lateral piece(head.unit_id, $2, $3, $4, $5, $6, $7) p
    join office o on o.organisation_id = p.unit_id
    -- Whoever was seated as two is one.
    left join person_merge merged on merged.person_id = o.person_id
    where o.body <> 'STEERING'
      and not isempty(p.valid * o.valid * daterange($8, $9))
),
trained as materialized (
    select s.subject
    from subject_fact s
    where s.code = 'TRAINED' and s.on_date >= $8 and s.on_date < $9
    group by s.subject
    having sum(s.amount) > 0
)
select h.head_id as "head!", h.line as "line?",
       count(distinct h.person_id) as "in_post!",
       count(distinct h.person_id) filter (where t.subject is not null) as "trained!"
from holder h
left join trained t on t.subject = h.person_id::text
group by grouping sets ((h.head_id, h.line), (h.head_id))
