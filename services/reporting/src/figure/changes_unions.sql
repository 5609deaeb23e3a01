-- The changes that put some of the unions into the stock of a day: their founding, or, where
-- they had been something else before, the change of type that made them unions again; as they were known
-- at an instant ($4; now, if that is null).
select o.organisation_id as "unit_id!",
       coalesce(became.change_id, o.founding_change_id) as "change_id!",
       coalesce(became.on_date, o.founded_on) as "on_date!",
       1::bigint as "amount!"
from organisation_known o
left join lateral (
    -- The type that follows the last one, by that day, that was none of a union.
    select began.change_id, lower(began.valid) as on_date
    from organisation_type_known other
    join organisation_type_known began
      on began.organisation_id = other.organisation_id and lower(began.valid) = upper(other.valid)
     and known_then(began.recorded_at, began.replaced_at, $4)
    where other.organisation_id = o.organisation_id
      and known_then(other.recorded_at, other.replaced_at, $4)
      and not other.grassroots and upper(other.valid) <= $3
    order by upper(other.valid) desc
    limit 1
) became on true
where o.organisation_id = any($1::uuid[]) and access.covers($2)
  and known_then(o.recorded_at, o.replaced_at, $4)
