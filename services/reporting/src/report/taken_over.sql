-- Unions that came under the head from elsewhere in a period, by day and former superior.
with place as materialized (
    select unit_id, valid from place($1, $2)
),
stay as (
    select unit_id, unnest(range_agg(valid)) as days from place group by unit_id
)
select lower(s.days) as "on_date!",
       former.superior_id as "former_id!",
       coalesce(name_on(former.superior_id, lower(s.days) - 1), '') as "former!",
       count(*) as "unions!"
from stay s
join organisation o on o.organisation_id = s.unit_id
left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> (lower(s.days) - 1)
join edge former on former.organisation_id = s.unit_id and former.valid @> (lower(s.days) - 1)
where coalesce(t.grassroots, o.grassroots) and not o.never_existed
  and lower(s.days) >= $3 and lower(s.days) < $4
group by lower(s.days), former.superior_id
order by lower(s.days), former.superior_id
