-- People in office by head ($1) and month ($3 until $4), on the tree $2: on its last day, on any day of
-- it, and those of the latter who were trained in it.
with month as materialized (
    select m.first_day::date as first_day,
           daterange(m.first_day::date, (m.first_day + interval '1 month')::date) as days
    from generate_series($3::date::timestamp, ($4::date - 1)::timestamp, interval '1 month') as m (first_day)
),
trained as materialized (
    select date_trunc('month', s.on_date)::date as first_day, s.subject::uuid as person
    from subject_fact s
    where s.code = 'TRAINED' and s.on_date >= $3 and s.on_date < $4
    group by 1, 2
    having sum(s.amount) > 0
),
held as (
    select p.head_id,
           m.first_day,
           coalesce(merged.root_id, o.person_id) as person,
           bool_or(o.valid * p.valid @> (upper(m.days) - 1)) as at_its_end
    from month m
    join office o on o.valid && m.days and o.body <> 'STEERING'
    join audited_place($1, $2) p on p.unit_id = o.organisation_id and o.valid * m.days && p.valid
    left join person_merge merged on merged.person_id = o.person_id
    group by 1, 2, 3
)
select h.head_id as "head!",
       h.first_day as "month!",
       count(*) filter (where h.at_its_end) as "at_its_end!",
       count(*) as "during!",
       count(t.person) as "trained!"
from held h
left join trained t on t.first_day = h.first_day and t.person = h.person
group by 1, 2
