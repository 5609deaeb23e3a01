-- Distinct people who held an office under each of some heads ($1) at any time of a period ($6 to the
-- day before $7), and of them those who were trained in it. Steering committees are no offices of a
-- union.
with holder as materialized (
    select distinct head.unit_id as head_id, coalesce(merged.root_id, o.person_id) as person_id
    from unnest($1::uuid[]) as head (unit_id)
    cross join lateral piece(head.unit_id, $2, 'NONE', $3, $4, $5, false) p
    join office o on o.organisation_id = p.unit_id
    -- Whoever was seated as two is one.
    left join person_merge merged on merged.person_id = o.person_id
    where o.body <> 'STEERING'
      and not isempty(p.valid * o.valid * daterange($6, $7))
),
trained as materialized (
    select s.subject
    from subject_fact s
    where s.code = 'TRAINED' and s.on_date >= $6 and s.on_date < $7
    group by s.subject
    having sum(s.amount) > 0
)
select h.head_id as "head!", count(*) as "in_post!", count(t.subject) as "trained!"
from holder h
left join trained t on t.subject = h.person_id::text
group by h.head_id
