-- What is known now of the tree on $1: who lived, under whom, called what, and how.
select md5(coalesce(string_agg(known, E'\n' order by known), '')) from (
    select 'superior ' || organisation_id || superior_id from organisation_parent
    where upper_inf(recorded) and valid @> $1::date
    union all
    select 'name ' || organisation_id || name || short_name from organisation_name
    where upper_inf(recorded) and valid @> $1::date
    union all
    select 'code ' || organisation_id || code from organisation_code
    where upper_inf(recorded) and valid @> $1::date
    union all
    select 'type ' || organisation_id || type from organisation_type
    where upper_inf(recorded) and valid @> $1::date
    union all
    select 'sector ' || organisation_id || sector from organisation_sector
    where upper_inf(recorded) and valid @> $1::date
    union all
    select 'status ' || organisation_id || status from organisation_status
    where upper_inf(recorded) and valid @> $1::date
    union all
    select 'ended ' || organisation_id || kind || coalesce(principal_successor_id::text, '')
    from organisation_ending
    where upper_inf(recorded) and ended_on <= $1::date
) known (known)
