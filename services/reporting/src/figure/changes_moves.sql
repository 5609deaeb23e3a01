-- The changes that brought some of the units under the head ($7) or took them away, as they were known at
-- an instant ($8; now, if that is null), within a period ($5 to the day before $6); the units with the days
-- on which they count ($1 to $3).
with stay as (
    select unit_id, unnest(range_agg(daterange(from_on, until_on))) as days
    from unnest($1::uuid[], $2::date[], $3::date[]) as stay (unit_id, from_on, until_on)
    where access.covers($4)
    group by unit_id
),
crossing as (
    select unit_id, case when $7 then lower(days) else upper(days) end as on_date from stay
)
select c.unit_id as "unit_id!",
       coalesce(moving_change_then(c.unit_id, c.on_date, $8), o.founding_change_id) as "change_id!",
       c.on_date as "on_date!",
       case when $10 then (coalesce(t.grassroots, o.grassroots) and not o.never_existed)::integer::bigint
            else members.before end as "amount!"
from crossing c
join organisation_known o on o.organisation_id = c.unit_id and known_then(o.recorded_at, o.replaced_at, $8)
left join organisation_type_known t on t.organisation_id = o.organisation_id and t.valid @> (c.on_date - 1)
                                   and known_then(t.recorded_at, t.replaced_at, $8)
cross join lateral (
    select coalesce(sum(case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount
                             else f.amount end), 0)::bigint as before
    from fact f
    where f.unit_id = c.unit_id and f.code = any($9::text[]) and f.on_date < c.on_date
      and known_then(f.recorded_at, null, $8)
) members
where c.on_date >= $5 and c.on_date < $6
