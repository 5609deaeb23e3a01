-- Distinct subjects of a source as subjects.sql counts them, each in the line that told of her first,
-- under each of some heads; of several of a day, in the one whose name comes first. What is taken back told
-- of nobody.
with told as materialized (
    select head.unit_id as head_id, fact.line, fact.subject, fact.on_date, fact.amount
    from unnest($1::uuid[]) as head (unit_id)
    cross join lateral (
        select p.line, s.subject, s.on_date, sum(s.amount) as amount
        from piece(head.unit_id, $2, $3, $4, $5, $6, $7) p
        join subject_fact s on s.unit_id = p.unit_id and s.code = $10
                           and p.valid @> s.on_date and s.on_date >= $8 and s.on_date < $9
        where cardinality($11::text[]) = 0 or s.reason = any($11)
        group by p.line, s.subject, s.unit_id, s.on_date, s.reason
    ) fact
),
shown as materialized (
    select head_id, line, subject, min(on_date) filter (where amount > 0) as since
    from told
    group by head_id, line, subject
    having sum(amount) > 0
)
select head_id as "head!", line as "line!", count(*) as "amount!"
from (
    select distinct on (head_id, subject) head_id, line
    from shown
    order by head_id, subject, since, line collate "C"
) first
group by head_id, line
