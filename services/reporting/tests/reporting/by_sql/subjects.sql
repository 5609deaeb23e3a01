-- Distinct subjects of a source ($10, with one of the reasons $11, any if there are none) within a period
-- ($8 to the day before $9), under each of some heads ($1): in each line, and (line null) in all. Who is
-- told of as often as she is taken back is none.
with shown as materialized (
    select head.unit_id as head_id, told.line, told.subject
    from unnest($1::uuid[]) as head (unit_id)
    cross join lateral (
        select p.line, s.subject
        from piece(head.unit_id, $2, $3, $4, $5, $6, $7) p
        join subject_fact s on s.unit_id = p.unit_id and s.code = $10
                           and p.valid @> s.on_date and s.on_date >= $8 and s.on_date < $9
        where cardinality($11::text[]) = 0 or s.reason = any($11)
        group by p.line, s.subject
        having sum(s.amount) > 0
    ) told
)
select head_id as "head!", line as "line?", count(distinct subject) as "amount!"
from shown
group by grouping sets ((head_id, line), (head_id))
