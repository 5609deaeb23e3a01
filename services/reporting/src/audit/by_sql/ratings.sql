-- Ratings by head ($1), month ($3 until $4) and grade, on the tree $2, of unions that were eligible on the
-- day on which they count: that existed, were not suspended, and had operated for as many months as the
-- scheme asks for, or for fewer where they came of a merger or a division.
with came_of_others as materialized (
    select o.heir_id as organisation_id, o.ended_on as on_date
    from organisation o
    where o.heir_id is not null and not o.never_existed
      and o.end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED')
    union
    select s.successor_id, s.on_date
    from succession_share s
    join organisation o on o.organisation_id = s.predecessor_id and o.ended_on = s.on_date
    where not o.never_existed and o.end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED')
    union
    select s.successor_id, s.on_date
    from succession_share s
    join change_seen seen on seen.change_id = s.change_id
    left join act_undone undone on undone.act_id = seen.act_id
    where s.split_off and undone.act_id is null
)
select p.head_id as "head!",
       date_trunc('month', f.on_date)::date as "month!",
       f.reason as "reason!",
       sum(f.amount)::bigint as "amount!"
from audited_place($1, $2) p
join fact f on f.unit_id = p.unit_id and f.on_date >= $3 and f.on_date < $4 and p.valid @> f.on_date
join organisation o on o.organisation_id = f.unit_id and not o.never_existed
                   and daterange(o.founded_on, o.ended_on) @> f.on_date
left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> f.on_date
left join rating r on r.organisation_id = o.organisation_id and r.year = extract(year from f.on_date)
where f.code = 'RATING'
  and coalesce(t.grassroots, o.grassroots)
  and not exists (select from suspension s
                  where s.organisation_id = o.organisation_id and s.valid @> f.on_date)
  and o.founded_on <= f.on_date + 1
        - make_interval(months => case
              when exists (select from came_of_others c
                           where c.organisation_id = o.organisation_id and c.on_date = o.founded_on)
              -- Whoever came of others waits for the shorter time.
              then least(coalesce(r.eligible_after_months, 12),
                         coalesce(r.eligible_after_succession_months, 6))
              else coalesce(r.eligible_after_months, 12) end)
group by 1, 2, 3
