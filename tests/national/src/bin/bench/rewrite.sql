-- As much writing as a restructuring is, and nothing else: what is known of every edge in
-- force is closed, and known again in two parts.
with closed as (
    update organisation_parent
    set recorded = tstzrange(lower(recorded), now()), replaced_by = act_id
    where upper_inf(recorded) and upper_inf(valid) and lower(valid) < date '2025-07-01'
    returning organisation_id, superior_id, lower(valid) as valid_from, has_subordinates, act_id
)
insert into organisation_parent (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
select organisation_id, superior_id, part.valid, tstzrange(now(), null), has_subordinates, act_id
from closed
cross join lateral (values (daterange(valid_from, date '2025-07-01')), (daterange('2025-07-01', null)))
    as part (valid)
