-- The changes that brought some of the units under the head ($7) or took them away.
with stay as (
    select unit_id, unnest(range_agg(valid)) as days
    from (
        select unit_id, daterange(from_on, until_on) as valid
        from unnest($1::uuid[], $2::date[], $3::date[]) as piece (unit_id, from_on, until_on)
        where access.covers($4)
    ) p
    group by unit_id
),
crossing as (
    select unit_id, case when $7 then lower(days) else upper(days) end as on_date from stay
)
select c.unit_id as "unit_id!",
       coalesce(moving_change(c.unit_id, c.on_date), o.founding_change_id) as "change_id!",
       c.on_date as "on_date!",
       (coalesce(t.grassroots, o.grassroots) and not o.never_existed)::integer::bigint as "unions!",
       members_before(c.unit_id, c.on_date) as "members!"
from crossing c
join organisation o on o.organisation_id = c.unit_id
left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> (c.on_date - 1)
where c.on_date >= $5 and c.on_date < $6
