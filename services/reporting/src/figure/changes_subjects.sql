-- The changes that show subjects of a source, for some of the units; below 0 those by which what
-- showed them is taken back.
select s.unit_id as "unit_id!", s.change_id as "change_id!", s.on_date as "on_date!",
       count(distinct s.subject) filter (where s.amount > 0)
           - count(distinct s.subject) filter (where s.amount < 0) as "amount!"
from (
    select unit_id, daterange(from_on, until_on) as valid
    from unnest($1::uuid[], $2::date[], $3::date[]) as piece (unit_id, from_on, until_on)
    where access.covers($4)
) p
join subject_fact s on s.unit_id = p.unit_id and s.code = $7
                   and p.valid @> s.on_date and s.on_date >= $5 and s.on_date < $6
where (cardinality($8::text[]) = 0 or s.reason = any($8))
  and known_then(s.recorded_at, null, $9)
group by s.unit_id, s.change_id, s.on_date
