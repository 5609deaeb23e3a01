-- Unions that exist at the end of each month ($3 until $4), by head ($1), on the tree $2.
select p.head_id as "head!", m.first_day::date as "month!", count(*) as "amount!"
from generate_series($3::date::timestamp, ($4::date - 1)::timestamp, interval '1 month') as m (first_day)
cross join lateral (select (m.first_day + interval '1 month')::date - 1 as last_day) d
join organisation o on not o.never_existed and daterange(o.founded_on, o.ended_on) @> d.last_day
join audited_place($1, $2) p on p.unit_id = o.organisation_id and p.valid @> d.last_day
left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> d.last_day
where coalesce(t.grassroots, o.grassroots)
group by 1, 2
