-- Distinct subjects of a source within a period: in each line, and (line null) in all. Who is told
-- of as often as she is taken back is none.
with shown as materialized (
    select p.line, s.subject
    from piece($1, $2, $3, $4, $5, $6, $7) p
    join subject_fact s on s.unit_id = p.unit_id and s.code = $10
                       and p.valid @> s.on_date and s.on_date >= $8 and s.on_date < $9
    where cardinality($11::text[]) = 0 or s.reason = any($11)
    group by p.line, s.subject
    having sum(s.amount) > 0
)
select line as "line?", count(distinct subject) as "amount!"
from shown
group by grouping sets ((line), ())
