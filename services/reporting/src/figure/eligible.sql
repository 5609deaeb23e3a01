-- Unions that are to be rated for the year that ends on a day: they exist, are twelve months
-- old, and their direction is not suspended.
select count(*) as "amount!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join organisation o on o.organisation_id = p.unit_id
left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> $8::date
where p.valid @> $8::date
  and coalesce(t.grassroots, o.grassroots)
  and o.founded_on <= ($8::date - interval '1 year')::date
  and (o.ended_on is null or o.ended_on > $8)
  and not exists (select from suspension s where s.organisation_id = p.unit_id and s.valid @> $8::date)
