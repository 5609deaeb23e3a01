-- Unions under each of some heads ($1) that are to be rated for the years that end on some days ($8), and
-- those of them that were, within the year, with one of the grades $9 (any, if there are none): they exist on
-- the last day, are not suspended, and have operated for twelve months, or for six since a split or a merger.
-- One that is rated without being eligible makes up for none that is not.
select head.unit_id as "head!",
       count(*) as "eligible!",
       count(*) filter (where rated.times > 0) as "rated!"
from unnest($1::uuid[]) as head (unit_id)
cross join unnest($8::date[]) as year (last_day)
cross join lateral unions_on(head.unit_id, $2, $3, $4, $5, $6, $7, year.last_day, true) u
cross join lateral (
    select sum(f.amount) as times
    from fact f
    where f.unit_id = u.unit_id and f.code = 'RATING'
      and f.on_date > (year.last_day - interval '1 year')::date and f.on_date <= year.last_day
      and (cardinality($9::text[]) = 0 or f.reason = any($9))
      and rating_counts(f.unit_id, f.on_date)
) rated
where u.founded_on <= (year.last_day + 1 - interval '1 year')::date
   or rating_ineligibility(u.unit_id, year.last_day, 12, 6) is null
group by head.unit_id
